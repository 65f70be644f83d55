INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, timeout_ms, environment_id,
    name, task, spec, slots, guarded, concurrency_key, resources, created_at, run_at) SELECT
    %(key)s::VARCHAR AS anon_1, %(state)s::VARCHAR AS anon_2, %(queue)s::VARCHAR AS anon_3,
    %(priority)s::INTEGER AS anon_4, %(max_retries)s::INTEGER AS anon_5, %(timeout_ms)s::BIGINT AS
    anon_6, %(environment_id)s::BIGINT AS anon_7, %(name)s::VARCHAR AS anon_8, %(task)s::VARCHAR AS
    anon_9, %(spec)s::VARCHAR AS anon_10, %(slots)s::INTEGER AS anon_11, %(guarded)s::INTEGER AS
    anon_12, %(concurrency_key)s::VARCHAR AS anon_13, %(resources)s::VARCHAR AS anon_14,
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS
    anon_15, coalesce(%(run_at)s::BIGINT, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) + %(delay_ms)s::BIGINT) AS coalesce_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = %(queue)s::VARCHAR AND queuectl_queues.state = 'draining')) ON CONFLICT
    DO NOTHING RETURNING id
