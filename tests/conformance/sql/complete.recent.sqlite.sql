SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.name,
    queuectl_jobs.task, queuectl_jobs.spec
FROM queuectl_jobs ORDER BY queuectl_jobs.id DESC
LIMIT :at_most OFFSET :param_1
