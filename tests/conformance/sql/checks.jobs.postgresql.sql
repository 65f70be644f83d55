SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt, queuectl_jobs.token
FROM queuectl_jobs ORDER BY queuectl_jobs.id
