SELECT queuectl_resources.name, queuectl_resources.capacity
FROM queuectl_resources ORDER BY queuectl_resources.name
