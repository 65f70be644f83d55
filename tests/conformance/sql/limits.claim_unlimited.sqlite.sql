WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL UNION ALL SELECT (SELECT
    min(queuectl_jobs.queue) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue >
    anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL),
best AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    (SELECT anon_1.queue
FROM anon_1 LEFT OUTER JOIN queuectl_queues ON queuectl_queues.name = anon_1.queue
WHERE anon_1.queue IS NOT NULL AND coalesce(queuectl_queues.state, 'active') != 'paused' AND
    (:served IS NULL OR anon_1.queue IN (SELECT served.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:served)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS served)) AND
    (:set_aside IS NULL OR anon_1.queue != :set_aside) ORDER BY (SELECT queuectl_jobs.priority
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_1) DESC, (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_2)
LIMIT 1 OFFSET :param_3) AND queuectl_jobs.guarded = 0 AND NOT ((EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded
    = 1)) OR (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.state != 'paused' AND (queuectl_queues.concurrency IS NOT NULL OR
    queuectl_queues.rate IS NOT NULL) AND (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    queuectl_queues.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_4) IS NOT NULL))) AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now)) ORDER BY
    queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT :at_most OFFSET :param_5)
UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + :attempt_1),
    token=(queuectl_jobs.token + :token_1), started_at=:now, worker_id=:worker, unique_live=CASE
    WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE queuectl_jobs.unique_live END,
    progress=:progress WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING id, "key", queue, priority, attempt, attempt_base, token, crashes,
    cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at,
    worker_id, environment_id, group_id, unique_key, unmet, on_dep_failure, cancelled_for,
    fingerprint, was, pending_at, name, task, spec, note, result
