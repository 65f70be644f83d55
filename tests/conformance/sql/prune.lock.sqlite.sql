SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.children_due
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) ORDER BY
    queuectl_jobs.id
