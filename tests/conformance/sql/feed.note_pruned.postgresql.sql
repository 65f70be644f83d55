UPDATE queuectl_pruned SET tx=%(to_tx)s::BIGINT, id=%(to_id)s::BIGINT WHERE queuectl_pruned.name =
    'events' AND (queuectl_pruned.tx, queuectl_pruned.id) < (%(to_tx)s::BIGINT, %(to_id)s::BIGINT)
    RETURNING queuectl_pruned.id
