SELECT queuectl_jobs.id, queuectl_jobs.priority, queuectl_jobs.slots, queuectl_jobs.guarded,
    queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.group_id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    :from_queue AND queuectl_jobs.slots <= :widest ORDER BY queuectl_jobs.priority DESC,
    queuectl_jobs.id
LIMIT :at_most OFFSET :param_1
