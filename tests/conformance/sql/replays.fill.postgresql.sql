UPDATE queuectl_buckets SET full_at_us=%(full_at)s::BIGINT, due_at=%(next_at)s::BIGINT WHERE
    queuectl_buckets.name = %(of_bucket)s::VARCHAR
