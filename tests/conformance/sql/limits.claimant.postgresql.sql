SELECT queuectl_workers.concurrency, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) AS now_ms
FROM queuectl_workers
WHERE queuectl_workers.id = %(worker)s::BIGINT AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = %(worker)s::BIGINT AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = %(boot)s::VARCHAR AND queuectl_workers.lease_until >
    coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))))
