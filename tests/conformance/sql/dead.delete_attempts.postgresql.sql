DELETE FROM queuectl_attempts WHERE queuectl_attempts.job_id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
