UPDATE queuectl_buckets SET due_at=:now WHERE queuectl_buckets.due_at IS NOT NULL AND
    substr(queuectl_buckets.name, 1, length(:prefix)) = :prefix
