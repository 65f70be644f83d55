DELETE FROM queuectl_events WHERE queuectl_events.job_id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
