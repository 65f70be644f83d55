SELECT queuectl_jobs.id, queuectl_jobs."key"
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:keys)),
    parsed AS MATERIALIZED (SELECT item ->> 'key' AS key FROM items) SELECT * FROM parsed) AS keys
    ON queuectl_jobs."key" = keys."key"
