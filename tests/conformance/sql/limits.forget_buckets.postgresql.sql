DELETE FROM queuectl_buckets WHERE queuectl_buckets.due_at IS NULL AND queuectl_buckets.full_at_us
    <= coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) *
    1000 AND queuectl_buckets.name LIKE 'rate:%%'
