SELECT queuectl_jobs.queue, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs GROUP BY queuectl_jobs.queue, queuectl_jobs.state ORDER BY queuectl_jobs.queue
