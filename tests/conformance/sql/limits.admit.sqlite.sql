UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + :attempt_1),
    token=(queuectl_jobs.token + :token_1), started_at=:now, worker_id=:worker,
    allotted=admitted.allotted, unique_live=CASE WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE
    queuectl_jobs.unique_live END, progress=:progress FROM (WITH items(item) AS MATERIALIZED (SELECT
    value FROM json_each(:admitted)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->>
    'allotted' AS allotted FROM items) SELECT * FROM parsed) AS admitted WHERE queuectl_jobs.id =
    admitted.id AND queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND (EXISTS
    (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now)) RETURNING id,
    "key", state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested,
    max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id,
    slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unmet,
    on_dep_failure, cancelled_for, fingerprint, was, pending_at, name, task, spec, note, result,
    progress
