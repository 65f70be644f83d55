INSERT INTO queuectl_hooks (name, rule, job, url, secret, allow_private, tx, event_id, created_at)
    VALUES (:name, :rule, :job, :url, :secret, :allow_private, :tx, :event_id, :created_at)
    RETURNING id, name, rule, job, url, secret, allow_private, paused, note, failures, tx, event_id,
    created_at
