SELECT min(queuectl_buckets.due_at) - coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) AS due
FROM queuectl_buckets
WHERE queuectl_buckets.due_at IS NOT NULL
