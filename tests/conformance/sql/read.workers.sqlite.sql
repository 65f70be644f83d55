SELECT queuectl_workers.id, queuectl_workers."key", queuectl_workers.state, queuectl_workers.host,
    queuectl_workers.pid, queuectl_workers.version, queuectl_workers.concurrency,
    queuectl_workers.queues, queuectl_workers.boot_id, queuectl_workers.lease_ms,
    queuectl_workers.lease_until, queuectl_workers.stop, queuectl_workers.started_at,
    queuectl_workers.seen_at, (SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id AND
    queuectl_jobs.queue != 'queuectl.hooks') AS running, CASE WHEN (queuectl_workers.state IN
    ('running', 'stopping') AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until >
    :lease_now) THEN :param_1 ELSE :param_2 END AS alive
FROM queuectl_workers ORDER BY queuectl_workers.id
