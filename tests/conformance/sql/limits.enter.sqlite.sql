SELECT NULL AS locked, (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded
    = 1)) OR (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.state != 'paused' AND (queuectl_queues.concurrency IS NOT NULL OR
    queuectl_queues.rate IS NOT NULL) AND (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    queuectl_queues.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_1) IS NOT NULL)) AS limited
