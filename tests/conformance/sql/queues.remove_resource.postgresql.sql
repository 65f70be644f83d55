DELETE FROM queuectl_resources WHERE queuectl_resources.name = %(of)s::VARCHAR RETURNING
    queuectl_resources.name
