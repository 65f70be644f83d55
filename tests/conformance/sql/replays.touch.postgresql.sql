UPDATE queuectl_buckets SET due_at=coalesce(queuectl_buckets.due_at, coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) WHERE queuectl_buckets.name =
    %(of_bucket)s::VARCHAR RETURNING queuectl_buckets.name
