SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate,
    queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets JOIN json_to_recordset(CAST(%(names)s::VARCHAR AS JSON)) AS names(name TEXT)
    ON queuectl_buckets.name = names.name
