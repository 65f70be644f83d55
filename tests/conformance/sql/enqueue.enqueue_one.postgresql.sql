INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT
    %(key)s::VARCHAR AS anon_1, %(state)s::VARCHAR AS anon_2, %(queue)s::VARCHAR AS anon_3,
    %(priority)s::INTEGER AS anon_4, %(max_retries)s::INTEGER AS anon_5, %(task)s::VARCHAR AS
    anon_6, %(spec)s::VARCHAR AS anon_7, %(slots)s::INTEGER AS anon_8, %(guarded)s::INTEGER AS
    anon_9, (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS
    BIGINT))) AS anon_10, %(timeout_ms)s::BIGINT AS anon_11, %(environment_id)s::BIGINT AS anon_12,
    %(name)s::VARCHAR AS anon_13, %(concurrency_key)s::VARCHAR AS anon_14, %(resources)s::VARCHAR AS
    anon_15, coalesce(%(run_at)s::BIGINT, (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT))) + %(delay_ms)s::BIGINT) AS coalesce_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = %(queue)s::VARCHAR AND queuectl_queues.state = 'draining')) ON CONFLICT
    DO NOTHING RETURNING id
