UPDATE queuectl_jobs SET state='pending', attempt_base=queuectl_jobs.attempt, crashes=:crashes,
    run_at=:run_at, started_at=:started_at, finished_at=:finished_at, worker_id=:worker_id,
    waits_for=:waits_for, unique_live=CASE WHEN (queuectl_jobs.unique_slot IS NOT NULL) THEN 1 ELSE
    0 END, unmet=:unmet, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children,
    fingerprint=:fingerprint, was=queuectl_jobs.state, pending_at=:now, note=:note WHERE
    queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded')
    AND (queuectl_jobs.unique_slot IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_jobs AS other
WHERE other.unique_slot = queuectl_jobs.unique_slot AND other.unique_live = 1 AND other.id !=
    queuectl_jobs.id))) RETURNING id, state, attempt, children_due, group_id, queue, task, was
