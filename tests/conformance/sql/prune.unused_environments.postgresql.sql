SELECT queuectl_environments.id
FROM queuectl_environments
WHERE queuectl_environments.id > %(from_id)s::BIGINT AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) ORDER BY queuectl_environments.id
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED
