DELETE FROM queuectl_hooks WHERE queuectl_hooks.name = :of RETURNING id
