DELETE FROM queuectl_attempts WHERE queuectl_attempts.job_id IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets)
