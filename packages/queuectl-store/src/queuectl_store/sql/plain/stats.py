"""The statements of stats.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

OLDEST_PENDING = Statement("stats:OLDEST_PENDING", """
SELECT min(queuectl_jobs.created_at) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL
""")

ROWS = Statement("stats:ROWS", """
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
""")

NEWEST_EVENT = Statement("stats:NEWEST_EVENT", """
SELECT queuectl_events.at
FROM queuectl_events ORDER BY queuectl_events.id DESC
 LIMIT 1 OFFSET :param_1
""", fixed={'param_1': 0})

EVENTS_A_DAY = Statement("stats:EVENTS_A_DAY", """
SELECT queuectl_events.at - queuectl_events.at % 86400000 AS day, count(*) AS n
FROM queuectl_events
WHERE queuectl_events.at >= :since GROUP BY day ORDER BY day
""", whole=('since',))
