INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, timeout_ms, environment_id,
    name, task, spec, slots, guarded, concurrency_key, resources, created_at, run_at) SELECT :key AS
    anon_1, :state AS anon_2, :queue AS anon_3, :priority AS anon_4, :max_retries AS anon_5,
    :timeout_ms AS anon_6, :environment_id AS anon_7, :name AS anon_8, :task AS anon_9, :spec AS
    anon_10, :slots AS anon_11, :guarded AS anon_12, :concurrency_key AS anon_13, :resources AS
    anon_14, :now AS anon_15, coalesce(:run_at, :now + :delay_ms) AS coalesce_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ON CONFLICT DO NOTHING
