SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_environments
WHERE queuectl_environments.id = queuectl_jobs.environment_id)) ORDER BY queuectl_jobs.id
LIMIT 21
