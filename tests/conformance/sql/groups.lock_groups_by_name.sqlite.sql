SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt,
    queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish,
    queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.name IN (SELECT names.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED
    (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names) ORDER BY
    queuectl_groups.id
