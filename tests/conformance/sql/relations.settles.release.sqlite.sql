UPDATE queuectl_jobs SET state=CASE WHEN (settled.unmet > 0) THEN 'blocked' WHEN
    (queuectl_jobs.run_at > :now) THEN 'scheduled' ELSE 'pending' END, unmet=settled.unmet,
    cancelled_for=settled.cancelled_for, was=queuectl_jobs.state, pending_at=:now, note=:note FROM
    (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note,
    item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE
    queuectl_jobs.id = settled.id AND queuectl_jobs.state = 'held' RETURNING id, state, attempt,
    children_due, group_id, queue, task, was
