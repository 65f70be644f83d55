UPDATE queuectl_workers SET state='stopping', stop=:how WHERE queuectl_workers.id IN (SELECT
    targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) AND queuectl_workers.state IN ('running', 'stopping') RETURNING id
