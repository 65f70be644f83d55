DELETE FROM queuectl_dependencies WHERE queuectl_dependencies.child_id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)) SELECT item ->> 'id'
    AS id, item ->> 'fingerprint' AS fingerprint FROM items) AS targets)
