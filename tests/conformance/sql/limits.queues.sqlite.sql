SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency,
    queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms,
    queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms,
    queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues ORDER BY queuectl_queues.name
