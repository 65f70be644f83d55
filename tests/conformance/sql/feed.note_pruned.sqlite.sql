UPDATE queuectl_pruned SET tx=:to_tx, id=:to_id WHERE queuectl_pruned.name = 'events' RETURNING id
