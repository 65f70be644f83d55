UPDATE queuectl_hooks SET failures=:counted, tx=:to_tx, event_id=:to_id WHERE queuectl_hooks.id =
    :of
