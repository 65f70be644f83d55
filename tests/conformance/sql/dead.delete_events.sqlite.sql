DELETE FROM queuectl_events WHERE queuectl_events.job_id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)) SELECT item ->> 'id'
    AS id, item ->> 'fingerprint' AS fingerprint FROM items) AS targets)
