SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate,
    queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets
WHERE queuectl_buckets.name = %(of_bucket)s::VARCHAR
