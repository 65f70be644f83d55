UPDATE queuectl_jobs SET note=successors.note FROM (WITH items(item) AS MATERIALIZED (SELECT value
    FROM json_each(:successors)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->>
    'note' AS note FROM items) SELECT * FROM parsed) AS successors WHERE queuectl_jobs.id =
    successors.id
