INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, timeout_ms, environment_id,
    name, task, spec, slots, guarded, concurrency_key, resources, created_at, run_at) SELECT
    new_jobs."key", :state AS anon_1, :queue AS anon_2, :priority AS anon_3, :max_retries AS anon_4,
    :timeout_ms AS anon_5, :environment_id AS anon_6, :name AS anon_7, :task AS anon_8,
    new_jobs.spec, :slots AS anon_9, :guarded AS anon_10, :concurrency_key AS anon_11, :resources AS
    anon_12, :now AS anon_13, coalesce(:run_at, :now + :delay_ms) AS coalesce_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)), parsed AS
    MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'key' AS key, item ->> 'spec' AS spec FROM
    items) SELECT * FROM parsed) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ORDER BY new_jobs.n ON
    CONFLICT DO NOTHING RETURNING id, "key"
