SELECT queuectl_jobs.finished_at, queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' AND queuectl_jobs.queue = %(of_queue)s::VARCHAR ORDER BY
    queuectl_jobs.finished_at DESC, queuectl_jobs.id DESC
LIMIT 1 OFFSET %(kept)s::BIGINT
