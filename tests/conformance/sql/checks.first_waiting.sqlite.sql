SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_1
