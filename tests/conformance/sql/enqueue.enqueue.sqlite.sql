INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at, group_id,
    unique_key, unique_slot, on_dep_failure, unique_live, unique_waiting, unmet, has_children,
    unique_until) SELECT new_jobs."key", new_jobs.state, new_jobs.queue, new_jobs.priority,
    new_jobs.max_retries, new_jobs.task, new_jobs.spec, new_jobs.slots, new_jobs.guarded, :now AS
    anon_1, new_jobs.timeout_ms, new_jobs.environment_id, new_jobs.name, new_jobs.concurrency_key,
    new_jobs.resources, coalesce(new_jobs.run_at, :now + new_jobs.delay_ms) AS coalesce_1,
    new_jobs.group_id, new_jobs.unique_key, new_jobs.unique_slot, new_jobs.on_dep_failure,
    coalesce(new_jobs.unique_live, 0) AS coalesce_2, coalesce(new_jobs.unique_waiting, 0) AS
    coalesce_3, coalesce(new_jobs.unmet, 0) AS coalesce_4, coalesce(new_jobs.has_children, 0) AS
    coalesce_5, :now + new_jobs.unique_ms AS anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)), parsed AS
    MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'key' AS key, item ->> 'state' AS state, item
    ->> 'queue' AS queue, item ->> 'priority' AS priority, item ->> 'max_retries' AS max_retries,
    item ->> 'timeout_ms' AS timeout_ms, item ->> 'run_at' AS run_at, item ->> 'delay_ms' AS
    delay_ms, item ->> 'environment_id' AS environment_id, item ->> 'name' AS name, item ->> 'task'
    AS task, item ->> 'spec' AS spec, item ->> 'slots' AS slots, item ->> 'guarded' AS guarded, item
    ->> 'concurrency_key' AS concurrency_key, item ->> 'resources' AS resources, item ->> 'group_id'
    AS group_id, item ->> 'unique_key' AS unique_key, item ->> 'unique_slot' AS unique_slot, item
    ->> 'unique_live' AS unique_live, item ->> 'unique_ms' AS unique_ms, item ->> 'unique_waiting'
    AS unique_waiting, item ->> 'unmet' AS unmet, item ->> 'on_dep_failure' AS on_dep_failure, item
    ->> 'has_children' AS has_children, item ->> 'follows' AS follows FROM items) SELECT * FROM
    parsed) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs."key" = new_jobs."key")) AND (new_jobs.follows = 1 OR NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = new_jobs.queue AND queuectl_queues.state = 'draining'))) ORDER BY
    new_jobs.n ON CONFLICT DO NOTHING RETURNING id, "key", state, queue, task
