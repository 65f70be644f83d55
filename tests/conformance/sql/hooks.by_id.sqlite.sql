SELECT queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job,
    queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused,
    queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id,
    queuectl_hooks.created_at
FROM queuectl_hooks
WHERE queuectl_hooks.id = :of
