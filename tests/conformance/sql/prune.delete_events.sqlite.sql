DELETE FROM queuectl_events WHERE queuectl_events.job_id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) RETURNING
    tx, id
