UPDATE queuectl_hooks SET failures=%(counted)s::INTEGER, tx=%(to_tx)s::BIGINT,
    event_id=%(to_id)s::BIGINT WHERE queuectl_hooks.id = %(of)s::BIGINT
