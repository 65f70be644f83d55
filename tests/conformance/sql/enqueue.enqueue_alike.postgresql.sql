INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, timeout_ms, environment_id,
    name, task, spec, slots, guarded, concurrency_key, resources, created_at, run_at) SELECT
    new_jobs.key, %(state)s::VARCHAR AS anon_1, %(queue)s::VARCHAR AS anon_2, %(priority)s::INTEGER
    AS anon_3, %(max_retries)s::INTEGER AS anon_4, %(timeout_ms)s::BIGINT AS anon_5,
    %(environment_id)s::BIGINT AS anon_6, %(name)s::VARCHAR AS anon_7, %(task)s::VARCHAR AS anon_8,
    new_jobs.spec, %(slots)s::INTEGER AS anon_9, %(guarded)s::INTEGER AS anon_10,
    %(concurrency_key)s::VARCHAR AS anon_11, %(resources)s::VARCHAR AS anon_12,
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS
    anon_13, coalesce(%(run_at)s::BIGINT, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) + %(delay_ms)s::BIGINT) AS coalesce_1
FROM json_to_recordset(CAST(%(new_jobs)s::VARCHAR AS JSON)) AS new_jobs(n INTEGER, key TEXT, spec
    TEXT)
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = %(queue)s::VARCHAR AND queuectl_queues.state = 'draining')) ORDER BY
    new_jobs.n ON CONFLICT DO NOTHING RETURNING queuectl_jobs.id, queuectl_jobs.key
