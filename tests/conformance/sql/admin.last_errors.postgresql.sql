SELECT queuectl_jobs.id, coalesce(queuectl_attempts.error, queuectl_jobs.note,
    %(coalesce_1)s::VARCHAR) AS error
FROM queuectl_jobs JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND
    queuectl_attempts.token = queuectl_jobs.token
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_jobs.state = 'retrying'
