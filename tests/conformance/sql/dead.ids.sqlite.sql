SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.id > :after ORDER BY queuectl_jobs.id
LIMIT :at_most OFFSET :param_1
