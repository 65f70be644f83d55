SELECT queuectl_jobs.id, queuectl_jobs.finished_at
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' AND queuectl_jobs.queue = %(of_queue)s::VARCHAR AND
    queuectl_jobs.finished_at >= %(from_at)s::BIGINT AND queuectl_jobs.finished_at <=
    %(to_at)s::BIGINT AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (%(from_at)s::BIGINT,
    %(from_id)s::BIGINT) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (%(to_at)s::BIGINT,
    %(to_id)s::BIGINT) ORDER BY queuectl_jobs.finished_at, queuectl_jobs.id
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED
