UPDATE queuectl_jobs SET cancel_requested=:cancel_requested WHERE queuectl_jobs.id IN (SELECT
    targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'running' RETURNING id
