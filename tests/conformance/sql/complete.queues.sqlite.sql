SELECT queuectl_queues.name
FROM queuectl_queues ORDER BY queuectl_queues.name
