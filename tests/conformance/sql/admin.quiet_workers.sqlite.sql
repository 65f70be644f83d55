UPDATE queuectl_workers SET state='stopping', stop='quiet' WHERE queuectl_workers.id IN (SELECT
    targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_workers.state = 'running' RETURNING id
