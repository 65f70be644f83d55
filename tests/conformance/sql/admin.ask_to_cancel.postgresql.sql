UPDATE queuectl_jobs SET cancel_requested=%(cancel_requested)s::INTEGER WHERE queuectl_jobs.id IN
    (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_jobs.state = 'running' RETURNING queuectl_jobs.id
