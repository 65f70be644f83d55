SELECT queuectl_environments.id
FROM queuectl_environments
WHERE queuectl_environments.id > :from_id AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) ORDER BY queuectl_environments.id
LIMIT :at_most OFFSET :param_1
