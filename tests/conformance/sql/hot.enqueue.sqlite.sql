INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, timeout_ms, created_at,
    run_at, environment_id, name, task, spec, slots, guarded, concurrency_key, resources, group_id,
    unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure,
    has_children) SELECT new_jobs."key", new_jobs.state, new_jobs.queue, new_jobs.priority,
    new_jobs.max_retries, new_jobs.timeout_ms, :now AS anon_1, coalesce(new_jobs.run_at, :now +
    new_jobs.delay_ms) AS coalesce_1, new_jobs.environment_id, new_jobs.name, new_jobs.task,
    new_jobs.spec, new_jobs.slots, new_jobs.guarded, new_jobs.concurrency_key, new_jobs.resources,
    new_jobs.group_id, new_jobs.unique_key, new_jobs.unique_slot, coalesce(new_jobs.unique_live, 0)
    AS coalesce_2, :now + new_jobs.unique_ms AS anon_2, coalesce(new_jobs.unique_waiting, 0) AS
    coalesce_3, coalesce(new_jobs.unmet, 0) AS coalesce_4, new_jobs.on_dep_failure,
    coalesce(new_jobs.has_children, 0) AS coalesce_5
FROM (SELECT value ->> 'n' AS n, value ->> 'key' AS key, value ->> 'state' AS state, value ->>
    'queue' AS queue, value ->> 'priority' AS priority, value ->> 'max_retries' AS max_retries,
    value ->> 'timeout_ms' AS timeout_ms, value ->> 'run_at' AS run_at, value ->> 'delay_ms' AS
    delay_ms, value ->> 'environment_id' AS environment_id, value ->> 'name' AS name, value ->>
    'task' AS task, value ->> 'spec' AS spec, value ->> 'slots' AS slots, value ->> 'guarded' AS
    guarded, value ->> 'concurrency_key' AS concurrency_key, value ->> 'resources' AS resources,
    value ->> 'group_id' AS group_id, value ->> 'unique_key' AS unique_key, value ->> 'unique_slot'
    AS unique_slot, value ->> 'unique_live' AS unique_live, value ->> 'unique_ms' AS unique_ms,
    value ->> 'unique_waiting' AS unique_waiting, value ->> 'unmet' AS unmet, value ->>
    'on_dep_failure' AS on_dep_failure, value ->> 'has_children' AS has_children, value ->>
    'follows' AS follows FROM json_each(:new_jobs)) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs."key" = new_jobs."key")) AND (new_jobs.follows = 1 OR NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = new_jobs.queue AND queuectl_queues.state = 'draining'))) ORDER BY
    new_jobs.n ON CONFLICT DO NOTHING RETURNING id, "key", state
