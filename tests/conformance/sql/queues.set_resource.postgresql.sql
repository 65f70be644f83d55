UPDATE queuectl_resources SET capacity=%(to)s::INTEGER WHERE queuectl_resources.name =
    %(of)s::VARCHAR RETURNING queuectl_resources.name
