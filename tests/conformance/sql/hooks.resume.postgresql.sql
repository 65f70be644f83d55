UPDATE queuectl_hooks SET paused=0, note=%(note)s::VARCHAR, tx=%(tx)s::BIGINT,
    event_id=%(event_id)s::BIGINT WHERE queuectl_hooks.id = %(of)s::BIGINT RETURNING
    queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job,
    queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused,
    queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id,
    queuectl_hooks.created_at
