DELETE FROM queuectl_hooks WHERE queuectl_hooks.name = %(of)s::VARCHAR RETURNING queuectl_hooks.id
