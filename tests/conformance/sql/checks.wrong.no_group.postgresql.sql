SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id)) ORDER BY queuectl_jobs.id
LIMIT 21
