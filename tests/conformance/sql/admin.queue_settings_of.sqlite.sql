SELECT queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.name = :of_queue
