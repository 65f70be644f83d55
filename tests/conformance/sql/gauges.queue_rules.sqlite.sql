SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency
FROM queuectl_queues ORDER BY queuectl_queues.name
