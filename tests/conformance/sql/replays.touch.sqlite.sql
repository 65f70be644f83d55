UPDATE queuectl_buckets SET due_at=coalesce(queuectl_buckets.due_at, :now) WHERE
    queuectl_buckets.name = :of_bucket RETURNING name
