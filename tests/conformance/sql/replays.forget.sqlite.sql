DELETE FROM queuectl_buckets WHERE queuectl_buckets.name = :of_bucket
