DELETE FROM queuectl_buckets WHERE queuectl_buckets.due_at IS NULL AND queuectl_buckets.full_at_us
    <= :now * 1000 AND queuectl_buckets.name LIKE 'rate:%'
