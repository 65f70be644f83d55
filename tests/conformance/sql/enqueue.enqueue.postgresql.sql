INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at, group_id,
    unique_key, unique_slot, on_dep_failure, unique_live, unique_waiting, unmet, has_children,
    unique_until) SELECT new_jobs.key, new_jobs.state, new_jobs.queue, new_jobs.priority,
    new_jobs.max_retries, new_jobs.task, new_jobs.spec, new_jobs.slots, new_jobs.guarded, (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, new_jobs.timeout_ms, new_jobs.environment_id, new_jobs.name, new_jobs.concurrency_key,
    new_jobs.resources, coalesce(new_jobs.run_at, (SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) + new_jobs.delay_ms) AS
    coalesce_1, new_jobs.group_id, new_jobs.unique_key, new_jobs.unique_slot,
    new_jobs.on_dep_failure, coalesce(new_jobs.unique_live, 0) AS coalesce_2,
    coalesce(new_jobs.unique_waiting, 0) AS coalesce_3, coalesce(new_jobs.unmet, 0) AS coalesce_4,
    coalesce(new_jobs.has_children, 0) AS coalesce_5, (SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) + new_jobs.unique_ms AS anon_2
FROM json_to_recordset(CAST(%(new_jobs)s::VARCHAR AS JSON)) AS new_jobs(n INTEGER, key TEXT, state
    TEXT, queue TEXT, priority INTEGER, max_retries INTEGER, timeout_ms BIGINT, run_at BIGINT,
    delay_ms BIGINT, environment_id BIGINT, name TEXT, task TEXT, spec TEXT, slots INTEGER, guarded
    INTEGER, concurrency_key TEXT, resources TEXT, group_id BIGINT, unique_key TEXT, unique_slot
    TEXT, unique_live INTEGER, unique_ms BIGINT, unique_waiting INTEGER, unmet INTEGER,
    on_dep_failure TEXT, has_children INTEGER, follows INTEGER)
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.key = new_jobs.key)) AND (new_jobs.follows = 1 OR NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = new_jobs.queue AND queuectl_queues.state = 'draining'))) ORDER BY
    new_jobs.n ON CONFLICT DO NOTHING RETURNING queuectl_jobs.id, queuectl_jobs.key,
    queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.task
