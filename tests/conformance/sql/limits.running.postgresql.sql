SELECT queuectl_jobs.queue, queuectl_jobs.concurrency_key, queuectl_jobs.group_id,
    queuectl_jobs.allotted, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' GROUP BY queuectl_jobs.queue, queuectl_jobs.concurrency_key,
    queuectl_jobs.group_id, queuectl_jobs.allotted
