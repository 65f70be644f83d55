INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at) SELECT
    new_jobs."key", :state AS anon_1, :queue AS anon_2, :priority AS anon_3, :max_retries AS anon_4,
    :task AS anon_5, new_jobs.spec, :slots AS anon_6, :guarded AS anon_7, :now AS anon_8,
    :timeout_ms AS anon_9, :environment_id AS anon_10, :name AS anon_11, :concurrency_key AS
    anon_12, :resources AS anon_13, coalesce(:run_at, :now + :delay_ms) AS coalesce_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)), parsed AS
    MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'key' AS key, item ->> 'spec' AS spec FROM
    items) SELECT * FROM parsed) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ORDER BY new_jobs.n ON
    CONFLICT DO NOTHING RETURNING id, "key"
