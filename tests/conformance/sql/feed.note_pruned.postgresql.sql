UPDATE queuectl_pruned SET tx=%(to_tx)s::BIGINT, id=%(to_id)s::BIGINT WHERE queuectl_pruned.name =
    'events' RETURNING queuectl_pruned.id
