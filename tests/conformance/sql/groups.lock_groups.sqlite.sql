SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt,
    queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish,
    queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups)
    ORDER BY queuectl_groups.id
