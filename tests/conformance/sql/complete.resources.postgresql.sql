SELECT queuectl_resources.name
FROM queuectl_resources ORDER BY queuectl_resources.name
