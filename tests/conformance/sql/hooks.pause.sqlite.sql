UPDATE queuectl_hooks SET paused=1, note=:because WHERE queuectl_hooks.id = :of RETURNING id, name,
    rule, job, url, secret, allow_private, paused, note, failures, tx, event_id, created_at
