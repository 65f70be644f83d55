INSERT INTO queuectl_hooks (name, rule, job, url, secret, allow_private, tx, event_id, created_at)
    VALUES (%(name)s::VARCHAR, %(rule)s::VARCHAR, %(job)s::VARCHAR, %(url)s::VARCHAR,
    %(secret)s::VARCHAR, %(allow_private)s::INTEGER, %(tx)s::BIGINT, %(event_id)s::BIGINT,
    %(created_at)s::BIGINT) RETURNING queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule,
    queuectl_hooks.job, queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private,
    queuectl_hooks.paused, queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx,
    queuectl_hooks.event_id, queuectl_hooks.created_at
