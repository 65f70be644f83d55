UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE
    WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE
    queuectl_jobs.unique_live END, cancelled_for=:cancelled_for,
    children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, pending_at=:now, note=:because
    WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('blocked', 'held', 'pending',
    'retrying', 'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was
