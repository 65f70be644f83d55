INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT
    new_jobs.key, %(state)s::VARCHAR AS anon_1, %(queue)s::VARCHAR AS anon_2, %(priority)s::INTEGER
    AS anon_3, %(max_retries)s::INTEGER AS anon_4, %(task)s::VARCHAR AS anon_5, new_jobs.spec,
    %(slots)s::INTEGER AS anon_6, %(guarded)s::INTEGER AS anon_7, (SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS anon_8, %(timeout_ms)s::BIGINT
    AS anon_9, %(environment_id)s::BIGINT AS anon_10, %(name)s::VARCHAR AS anon_11,
    %(concurrency_key)s::VARCHAR AS anon_12, %(resources)s::VARCHAR AS anon_13,
    coalesce(%(run_at)s::BIGINT, (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT))) + %(delay_ms)s::BIGINT) AS coalesce_1
FROM json_to_recordset(CAST(%(new_jobs)s::VARCHAR AS JSON)) AS new_jobs(n INTEGER, key TEXT, spec
    TEXT)
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = %(queue)s::VARCHAR AND queuectl_queues.state = 'draining')) ORDER BY
    new_jobs.n ON CONFLICT DO NOTHING RETURNING queuectl_jobs.id, queuectl_jobs.key
