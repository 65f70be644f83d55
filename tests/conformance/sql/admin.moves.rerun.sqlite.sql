UPDATE queuectl_jobs SET state='pending', attempt_base=queuectl_jobs.attempt, crashes=:crashes,
    run_at=:run_at, started_at=:started_at, finished_at=:finished_at, worker_id=:worker_id,
    waits_for=:waits_for, unmet=:unmet, cancelled_for=:cancelled_for,
    children_due=queuectl_jobs.has_children, fingerprint=:fingerprint, note=:note WHERE
    queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)) SELECT item ->> 'id'
    AS id FROM items) AS targets) AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded')
    RETURNING id, state, attempt, children_due, group_id
