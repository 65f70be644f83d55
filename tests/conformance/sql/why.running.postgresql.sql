SELECT queuectl_jobs.id, queuectl_jobs.concurrency_key, queuectl_jobs.group_id,
    queuectl_jobs.resources
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' ORDER BY queuectl_jobs.id
LIMIT %(at_most)s::INTEGER
