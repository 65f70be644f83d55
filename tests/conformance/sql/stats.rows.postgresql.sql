SELECT 'attempts' AS name, count(*) AS n
FROM queuectl_attempts UNION ALL SELECT 'buckets' AS name, count(*) AS n
FROM queuectl_buckets UNION ALL SELECT 'dependencies' AS name, count(*) AS n
FROM queuectl_dependencies UNION ALL SELECT 'environments' AS name, count(*) AS n
FROM queuectl_environments UNION ALL SELECT 'events' AS name, count(*) AS n
FROM queuectl_events UNION ALL SELECT 'groups' AS name, count(*) AS n
FROM queuectl_groups UNION ALL SELECT 'hooks' AS name, count(*) AS n
FROM queuectl_hooks UNION ALL SELECT 'jobs' AS name, count(*) AS n
FROM queuectl_jobs UNION ALL SELECT 'output' AS name, count(*) AS n
FROM queuectl_output UNION ALL SELECT 'pruned' AS name, count(*) AS n
FROM queuectl_pruned UNION ALL SELECT 'queues' AS name, count(*) AS n
FROM queuectl_queues UNION ALL SELECT 'resources' AS name, count(*) AS n
FROM queuectl_resources UNION ALL SELECT 'rollups' AS name, count(*) AS n
FROM queuectl_rollups UNION ALL SELECT 'schedules' AS name, count(*) AS n
FROM queuectl_schedules UNION ALL SELECT 'settings' AS name, count(*) AS n
FROM queuectl_settings UNION ALL SELECT 'slots' AS name, count(*) AS n
FROM queuectl_slots UNION ALL SELECT 'tallies' AS name, count(*) AS n
FROM queuectl_tallies UNION ALL SELECT 'workers' AS name, count(*) AS n
FROM queuectl_workers
