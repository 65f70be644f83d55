SELECT ready.queue, ready.concurrency_key, ready.group_id, ready.resources, queuectl_queues.state
FROM (SELECT queuectl_jobs.queue AS queue, queuectl_jobs.concurrency_key AS concurrency_key,
    queuectl_jobs.group_id AS group_id, queuectl_jobs.resources AS resources
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded
    = 1 ORDER BY queuectl_jobs.queue
LIMIT :at_most OFFSET :param_1) AS ready LEFT OUTER JOIN queuectl_queues ON queuectl_queues.name =
    ready.queue
