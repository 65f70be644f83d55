UPDATE queuectl_jobs SET children_due=0 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parents)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS parents) AND
    queuectl_jobs.children_due = 1
