SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    ORDER BY queuectl_jobs.id FOR UPDATE
