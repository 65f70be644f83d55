SELECT queuectl_jobs.queue, queuectl_jobs.concurrency_key, queuectl_jobs.group_id,
    queuectl_jobs.resources
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded
    = 1 AND NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused'))
LIMIT %(at_most)s::INTEGER
