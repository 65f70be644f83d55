UPDATE queuectl_queues SET state=%(to)s::VARCHAR WHERE queuectl_queues.name = %(of)s::VARCHAR
    RETURNING queuectl_queues.name
