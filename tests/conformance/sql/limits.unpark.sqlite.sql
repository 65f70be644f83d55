WITH free AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ids)),
    parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS ids ON
    queuectl_jobs.id = ids.id
WHERE queuectl_jobs.waits_for IS NOT NULL)
UPDATE queuectl_jobs SET waits_for=:waits_for WHERE queuectl_jobs.id IN (SELECT free.id
FROM free) RETURNING id
