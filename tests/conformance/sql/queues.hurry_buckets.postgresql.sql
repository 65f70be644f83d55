UPDATE queuectl_buckets SET due_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) WHERE queuectl_buckets.due_at IS NOT NULL AND
    substr(queuectl_buckets.name, 1, length(%(prefix)s::VARCHAR)) = %(prefix)s::VARCHAR
