INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, timeout_ms, created_at, run_at,
    environment_id, name, task, spec) SELECT new_jobs.key, new_jobs.state, new_jobs.queue,
    new_jobs.priority, new_jobs.max_retries, new_jobs.timeout_ms, coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS anon_1,
    coalesce(new_jobs.run_at, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) *
    1000 AS BIGINT)) + new_jobs.delay_ms) AS coalesce_1, new_jobs.environment_id, new_jobs.name,
    new_jobs.task, new_jobs.spec
FROM json_to_recordset(CAST(%(new_jobs)s::VARCHAR AS JSON)) AS new_jobs(n INTEGER, key TEXT, state
    TEXT, queue TEXT, priority INTEGER, max_retries INTEGER, timeout_ms BIGINT, run_at BIGINT,
    delay_ms BIGINT, environment_id BIGINT, name TEXT, task TEXT, spec TEXT)
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.key = new_jobs.key)) ORDER BY new_jobs.n RETURNING queuectl_jobs.id,
    queuectl_jobs.key, queuectl_jobs.state
