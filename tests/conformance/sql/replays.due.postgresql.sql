SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate,
    queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at,
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS now
FROM queuectl_buckets
WHERE queuectl_buckets.due_at IS NOT NULL AND queuectl_buckets.due_at <= coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AND queuectl_buckets.name LIKE
    'replay:%%' ORDER BY queuectl_buckets.name FOR UPDATE SKIP LOCKED
