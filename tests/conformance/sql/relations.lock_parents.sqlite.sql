SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parents)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS parents) ORDER BY
    queuectl_jobs.id
