WITH RECURSIVE anon_4(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL UNION ALL SELECT (SELECT
    min(queuectl_jobs.queue) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue >
    anon_4.queue) AS anon_5
FROM anon_4
WHERE anon_4.queue IS NOT NULL),
best AS MATERIALIZED
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    (SELECT anon_4.queue
FROM anon_4 LEFT OUTER JOIN queuectl_queues ON queuectl_queues.name = anon_4.queue
WHERE anon_4.queue IS NOT NULL AND coalesce(queuectl_queues.state, 'active') != 'paused' AND
    (%(served)s::VARCHAR IS NULL OR anon_4.queue IN (SELECT served.name
FROM json_to_recordset(CAST(%(served)s::VARCHAR AS JSON)) AS served(name TEXT))) AND
    (%(set_aside)s::VARCHAR IS NULL OR anon_4.queue != %(set_aside)s::VARCHAR) ORDER BY (SELECT
    queuectl_jobs.priority
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_4.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1) DESC, (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_4.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1)
LIMIT 1) AND queuectl_jobs.guarded = 0 AND NOT ((EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded
    = 1)) OR (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.state != 'paused' AND (queuectl_queues.concurrency IS NOT NULL OR
    queuectl_queues.rate IS NOT NULL) AND (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    queuectl_queues.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1) IS NOT NULL))) AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = %(worker)s::BIGINT AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = %(boot)s::VARCHAR AND queuectl_workers.lease_until >
    coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))))
    ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED),
claim AS
(UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + %(attempt_1)s::INTEGER),
    token=(queuectl_jobs.token + %(token_1)s::BIGINT), started_at=(SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))), worker_id=%(worker)s::BIGINT,
    unique_live=CASE WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE queuectl_jobs.unique_live
    END, progress=%(param_1)s::VARCHAR WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING queuectl_jobs.id, queuectl_jobs.key, queuectl_jobs.queue,
    queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token,
    queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries,
    queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at,
    queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id,
    queuectl_jobs.environment_id, queuectl_jobs.group_id, queuectl_jobs.unique_key,
    queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for,
    queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name,
    queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result),
event AS
(INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, claim.id AS id, 'claim', 'running', claim.attempt AS attempt, %(worker)s::BIGINT AS
    anon_2, (SELECT greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT),
    CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_3
FROM claim),
tally AS
(INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n,
    ms) SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS
    BIGINT)) - coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS
    BIGINT)) %% 60000 AS anon_6, pg_backend_pid() AS anon_7, kinds.queue AS queue, kinds.task AS
    task, 'claim', 'pending', 'running', '', kinds.bucket AS bucket, kinds.n AS n, kinds.ms AS ms
FROM (SELECT waited.queue AS queue, waited.task AS task, width_bucket(waited.ms - 1,
    CAST(%(bounds)s::VARCHAR AS BIGINT[])) AS bucket, count(*) AS n, CAST(sum(waited.ms) AS BIGINT)
    AS ms
FROM (SELECT claim.queue AS queue, coalesce(left(claim.task, 200), '') AS task,
    greatest(claim.started_at - greatest(claim.created_at, claim.run_at, claim.pending_at), 0) AS ms
FROM claim) AS waited GROUP BY waited.queue, waited.task, width_bucket(waited.ms - 1,
    CAST(%(bounds)s::VARCHAR AS BIGINT[]))) AS kinds
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE
    SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms)
SELECT claim.id, claim.key, claim.queue, claim.priority, claim.attempt, claim.attempt_base,
    claim.token, claim.crashes, claim.cancel_requested, claim.max_retries, claim.timeout_ms,
    claim.created_at, claim.run_at, claim.started_at, claim.finished_at, claim.worker_id,
    claim.environment_id, claim.group_id, claim.unique_key, claim.unmet, claim.on_dep_failure,
    claim.cancelled_for, claim.fingerprint, claim.was, claim.pending_at, claim.name, claim.task,
    claim.spec, claim.note, claim.result
FROM claim
