SELECT queuectl_workers.id, queuectl_workers.key, queuectl_workers.state, queuectl_workers.host,
    queuectl_workers.pid, queuectl_workers.version, queuectl_workers.concurrency,
    queuectl_workers.queues, queuectl_workers.boot_id, queuectl_workers.lease_ms,
    queuectl_workers.lease_until, queuectl_workers.stop, queuectl_workers.started_at,
    queuectl_workers.seen_at, (SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id AND
    queuectl_jobs.queue != 'queuectl.hooks') AS running, CASE WHEN (queuectl_workers.state IN
    ('running', 'stopping') AND queuectl_workers.boot_id = %(boot)s::VARCHAR AND
    queuectl_workers.lease_until > coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT))) THEN %(param_1)s::INTEGER ELSE %(param_2)s::INTEGER END
    AS alive
FROM queuectl_workers
WHERE queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id =
    %(boot)s::VARCHAR AND queuectl_workers.lease_until > coalesce(%(lease_now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) ORDER BY queuectl_workers.id
