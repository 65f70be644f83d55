UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE
    WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE
    queuectl_jobs.unique_live END, unmet=settled.unmet, cancelled_for=settled.cancelled_for,
    children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, pending_at=:now,
    note=settled.note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM
    json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS
    unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT *
    FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state IN
    ('blocked', 'held', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt,
    children_due, group_id, queue, task, was
