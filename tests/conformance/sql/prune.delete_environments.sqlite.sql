DELETE FROM queuectl_environments WHERE queuectl_environments.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) AND NOT
    (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) RETURNING id
