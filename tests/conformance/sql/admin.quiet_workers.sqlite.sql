UPDATE queuectl_workers SET state='stopping', stop='quiet' WHERE queuectl_workers.id IN (SELECT
    targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)) SELECT item ->> 'id'
    AS id, item ->> 'fingerprint' AS fingerprint FROM items) AS targets) AND queuectl_workers.state
    = 'running' RETURNING id
