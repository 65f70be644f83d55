UPDATE queuectl_jobs SET state='held', waits_for=:waits_for, was=queuectl_jobs.state,
    pending_at=:now, note=:because WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('blocked', 'pending', 'retrying',
    'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was
