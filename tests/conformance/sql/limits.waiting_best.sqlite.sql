SELECT queuectl_jobs.id, queuectl_jobs.resources
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT :at_most OFFSET :param_1
