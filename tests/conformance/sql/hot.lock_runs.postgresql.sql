SELECT queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.cancel_requested
FROM queuectl_jobs JOIN json_to_recordset(CAST(%(runs)s::VARCHAR AS JSON)) AS runs(job_id BIGINT,
    token BIGINT) ON queuectl_jobs.id = runs.job_id AND queuectl_jobs.token = runs.token
WHERE queuectl_jobs.state = 'running' ORDER BY queuectl_jobs.id FOR UPDATE OF queuectl_jobs
