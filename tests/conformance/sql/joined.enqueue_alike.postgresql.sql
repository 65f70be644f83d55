WITH job AS
(INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT
    %(stem)s::VARCHAR || CAST((anon_7.place - 1) + %(first)s::BIGINT AS TEXT) AS anon_6,
    %(state)s::VARCHAR AS anon_8, %(queue)s::VARCHAR AS anon_9, %(priority)s::INTEGER AS anon_10,
    %(max_retries)s::INTEGER AS anon_11, %(task)s::VARCHAR AS anon_12, anon_7.spec AS spec,
    %(slots)s::INTEGER AS anon_13, %(guarded)s::INTEGER AS anon_14, (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_15, %(timeout_ms)s::BIGINT AS anon_16, %(environment_id)s::BIGINT AS anon_17,
    %(name)s::VARCHAR AS anon_18, %(concurrency_key)s::VARCHAR AS anon_19, %(resources)s::VARCHAR AS
    anon_20, coalesce(%(run_at)s::BIGINT, (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT))) + %(delay_ms)s::BIGINT) AS coalesce_1
FROM json_array_elements_text(CAST(%(specs)s::VARCHAR AS JSON)) WITH ORDINALITY AS anon_7(spec,
    place)
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = %(queue)s::VARCHAR AND queuectl_queues.state = 'draining')) ORDER BY
    anon_7.place RETURNING queuectl_jobs.id),
event AS
(INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, job.id AS id, %(verb)s::VARCHAR AS anon_2, %(state)s::VARCHAR AS anon_3,
    %(attempt)s::INTEGER AS anon_4, (SELECT greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS
    BIGINT), CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_5
FROM job),
tally AS
(INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n,
    ms) SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS
    BIGINT)) - coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS
    BIGINT)) %% 60000 AS anon_21, pg_backend_pid() AS anon_22, %(queue)s::VARCHAR AS anon_23,
    %(counted_as)s::VARCHAR AS anon_24, %(verb)s::VARCHAR AS anon_25, %(source)s::VARCHAR AS
    anon_26, %(target)s::VARCHAR AS anon_27, %(outcome)s::VARCHAR AS anon_28, %(bucket)s::INTEGER AS
    anon_29, stored.n AS n, %(ms)s::BIGINT AS anon_30
FROM (SELECT count(*) AS n
FROM job
HAVING count(*) > 0) AS stored
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE
    SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms)
SELECT job.id
FROM job
