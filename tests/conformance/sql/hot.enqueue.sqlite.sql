INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, timeout_ms, created_at,
    run_at, environment_id, name, task, spec) SELECT new_jobs."key", new_jobs.state, new_jobs.queue,
    new_jobs.priority, new_jobs.max_retries, new_jobs.timeout_ms, :now AS anon_1,
    coalesce(new_jobs.run_at, :now + new_jobs.delay_ms) AS coalesce_1, new_jobs.environment_id,
    new_jobs.name, new_jobs.task, new_jobs.spec
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)) SELECT item ->> 'n'
    AS n, item ->> 'key' AS key, item ->> 'state' AS state, item ->> 'queue' AS queue, item ->>
    'priority' AS priority, item ->> 'max_retries' AS max_retries, item ->> 'timeout_ms' AS
    timeout_ms, item ->> 'run_at' AS run_at, item ->> 'delay_ms' AS delay_ms, item ->>
    'environment_id' AS environment_id, item ->> 'name' AS name, item ->> 'task' AS task, item ->>
    'spec' AS spec FROM items) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs."key" = new_jobs."key")) ORDER BY new_jobs.n RETURNING id, "key", state
