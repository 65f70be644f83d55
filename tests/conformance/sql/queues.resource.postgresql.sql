SELECT queuectl_resources.capacity
FROM queuectl_resources
WHERE queuectl_resources.name = %(of)s::VARCHAR
