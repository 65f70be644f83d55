INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, timeout_ms, created_at,
    run_at, environment_id, name, task, spec) SELECT new_jobs."key", new_jobs.state, new_jobs.queue,
    new_jobs.priority, new_jobs.max_retries, new_jobs.timeout_ms, :now AS anon_1,
    coalesce(new_jobs.run_at, :now + new_jobs.delay_ms) AS coalesce_1, new_jobs.environment_id,
    new_jobs.name, new_jobs.task, new_jobs.spec
FROM (SELECT value ->> 'n' AS n, value ->> 'key' AS key, value ->> 'state' AS state, value ->>
    'queue' AS queue, value ->> 'priority' AS priority, value ->> 'max_retries' AS max_retries,
    value ->> 'timeout_ms' AS timeout_ms, value ->> 'run_at' AS run_at, value ->> 'delay_ms' AS
    delay_ms, value ->> 'environment_id' AS environment_id, value ->> 'name' AS name, value ->>
    'task' AS task, value ->> 'spec' AS spec FROM json_each(:new_jobs)) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs."key" = new_jobs."key")) ORDER BY new_jobs.n RETURNING id, "key", state
