SELECT queuectl_hooks.tx, queuectl_hooks.event_id
FROM queuectl_hooks
WHERE queuectl_hooks.paused = 0
