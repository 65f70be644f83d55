UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE
    WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE
    queuectl_jobs.unique_live END, unmet=settled.unmet, cancelled_for=settled.cancelled_for,
    children_due=queuectl_jobs.has_children, note=settled.note FROM (SELECT value ->> 'id' AS id,
    value ->> 'unmet' AS unmet, value ->> 'note' AS note, value ->> 'cancelled_for' AS cancelled_for
    FROM json_each(:settled)) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state
    IN ('blocked', 'held', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt,
    children_due, group_id
