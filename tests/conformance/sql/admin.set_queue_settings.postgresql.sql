UPDATE queuectl_queues SET settings=%(to)s::VARCHAR WHERE queuectl_queues.name =
    %(of_queue)s::VARCHAR
