SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NOT NULL AND
    queuectl_jobs.waits_for = ('key:' || queuectl_jobs.queue || '/' ||
    queuectl_jobs.concurrency_key) AND (SELECT count(*) AS count_1
FROM queuectl_jobs AS other
WHERE other.state = 'running' AND other.queue = queuectl_jobs.queue AND other.concurrency_key =
    queuectl_jobs.concurrency_key) < coalesce((SELECT queuectl_queues.key_concurrency
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue), 1) ORDER BY queuectl_jobs.id
