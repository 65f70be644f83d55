DELETE FROM queuectl_dependencies WHERE queuectl_dependencies.child_id IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets)
