"""The statements of enqueue.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ENQUEUE = Statement("enqueue:ENQUEUE", """
INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded, created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at, group_id, unique_key, unique_slot, on_dep_failure, unique_live, unique_waiting, unmet, has_children, unique_until) SELECT new_jobs."key", new_jobs.state, new_jobs.queue, new_jobs.priority, new_jobs.max_retries, new_jobs.task, new_jobs.spec, new_jobs.slots, new_jobs.guarded, :now AS anon_1, new_jobs.timeout_ms, new_jobs.environment_id, new_jobs.name, new_jobs.concurrency_key, new_jobs.resources, coalesce(new_jobs.run_at, :now + new_jobs.delay_ms) AS coalesce_1, new_jobs.group_id, new_jobs.unique_key, new_jobs.unique_slot, new_jobs.on_dep_failure, coalesce(new_jobs.unique_live, 0) AS coalesce_2, coalesce(new_jobs.unique_waiting, 0) AS coalesce_3, coalesce(new_jobs.unmet, 0) AS coalesce_4, coalesce(new_jobs.has_children, 0) AS coalesce_5, :now + new_jobs.unique_ms AS anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)), parsed AS MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'key' AS key, item ->> 'state' AS state, item ->> 'queue' AS queue, item ->> 'priority' AS priority, item ->> 'max_retries' AS max_retries, item ->> 'timeout_ms' AS timeout_ms, item ->> 'run_at' AS run_at, item ->> 'delay_ms' AS delay_ms, item ->> 'environment_id' AS environment_id, item ->> 'name' AS name, item ->> 'task' AS task, item ->> 'spec' AS spec, item ->> 'slots' AS slots, item ->> 'guarded' AS guarded, item ->> 'concurrency_key' AS concurrency_key, item ->> 'resources' AS resources, item ->> 'group_id' AS group_id, item ->> 'unique_key' AS unique_key, item ->> 'unique_slot' AS unique_slot, item ->> 'unique_live' AS unique_live, item ->> 'unique_ms' AS unique_ms, item ->> 'unique_waiting' AS unique_waiting, item ->> 'unmet' AS unmet, item ->> 'on_dep_failure' AS on_dep_failure, item ->> 'has_children' AS has_children, item ->> 'follows' AS follows FROM items) SELECT * FROM parsed) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs."key" = new_jobs."key")) AND (new_jobs.follows = 1 OR NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = new_jobs.queue AND queuectl_queues.state = 'draining'))) ORDER BY new_jobs.n ON CONFLICT DO NOTHING RETURNING id, "key", state, queue, task
""")

ENQUEUE_ALIKE = Statement("enqueue:ENQUEUE_ALIKE", """
INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded, created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT new_jobs."key", :state AS anon_1, :queue AS anon_2, :priority AS anon_3, :max_retries AS anon_4, :task AS anon_5, new_jobs.spec, :slots AS anon_6, :guarded AS anon_7, :now AS anon_8, :timeout_ms AS anon_9, :environment_id AS anon_10, :name AS anon_11, :concurrency_key AS anon_12, :resources AS anon_13, coalesce(:run_at, :now + :delay_ms) AS coalesce_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)), parsed AS MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'key' AS key, item ->> 'spec' AS spec FROM items) SELECT * FROM parsed) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ORDER BY new_jobs.n ON CONFLICT DO NOTHING RETURNING id, "key"
""")

ENQUEUE_ONE = Statement("enqueue:ENQUEUE_ONE", """
INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded, created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT :key AS anon_1, :state AS anon_2, :queue AS anon_3, :priority AS anon_4, :max_retries AS anon_5, :task AS anon_6, :spec AS anon_7, :slots AS anon_8, :guarded AS anon_9, :now AS anon_10, :timeout_ms AS anon_11, :environment_id AS anon_12, :name AS anon_13, :concurrency_key AS anon_14, :resources AS anon_15, coalesce(:run_at, :now + :delay_ms) AS coalesce_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ON CONFLICT DO NOTHING
""")

ENQUEUE_BARE = Statement("enqueue:ENQUEUE_BARE", """
INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded, created_at) SELECT :key AS anon_1, :state AS anon_2, :queue AS anon_3, :priority AS anon_4, :max_retries AS anon_5, :task AS anon_6, :spec AS anon_7, :slots AS anon_8, :guarded AS anon_9, :now AS anon_10
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ON CONFLICT DO NOTHING
""")
