SELECT min(queuectl_buckets.due_at) - :now AS due
FROM queuectl_buckets
WHERE queuectl_buckets.due_at IS NOT NULL
