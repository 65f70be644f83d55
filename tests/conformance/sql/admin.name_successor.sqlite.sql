UPDATE queuectl_jobs SET note=successors.note FROM (WITH items(item) AS MATERIALIZED (SELECT value
    FROM json_each(:successors)) SELECT item ->> 'id' AS id, item ->> 'note' AS note FROM items) AS
    successors WHERE queuectl_jobs.id = successors.id
