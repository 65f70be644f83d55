INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT :key AS
    anon_1, :state AS anon_2, :queue AS anon_3, :priority AS anon_4, :max_retries AS anon_5, :task
    AS anon_6, :spec AS anon_7, :slots AS anon_8, :guarded AS anon_9, :now AS anon_10, :timeout_ms
    AS anon_11, :environment_id AS anon_12, :name AS anon_13, :concurrency_key AS anon_14,
    :resources AS anon_15, coalesce(:run_at, :now + :delay_ms) AS coalesce_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ON CONFLICT DO NOTHING
