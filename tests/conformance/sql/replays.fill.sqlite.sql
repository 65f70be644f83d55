UPDATE queuectl_buckets SET full_at_us=:full_at, due_at=:next_at WHERE queuectl_buckets.name =
    :of_bucket
