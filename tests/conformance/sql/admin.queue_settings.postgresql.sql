SELECT queuectl_queues.name, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.settings IS NOT NULL ORDER BY queuectl_queues.name
