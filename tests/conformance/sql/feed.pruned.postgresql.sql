SELECT queuectl_pruned.tx, queuectl_pruned.id
FROM queuectl_pruned
WHERE queuectl_pruned.name = 'events'
