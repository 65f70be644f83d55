UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.unmet > 0) THEN 'blocked' WHEN
    (queuectl_jobs.run_at > :now) THEN 'scheduled' ELSE 'pending' END, cancelled_for=:cancelled_for,
    was=queuectl_jobs.state, pending_at=:now, note=:note WHERE queuectl_jobs.id IN (SELECT
    targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'held' RETURNING id, state, attempt,
    children_due, group_id, queue, task, was
