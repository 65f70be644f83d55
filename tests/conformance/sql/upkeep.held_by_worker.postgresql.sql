SELECT queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.cancel_requested
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = %(worker)s::BIGINT
