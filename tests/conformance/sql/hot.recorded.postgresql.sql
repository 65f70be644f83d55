SELECT queuectl_attempts.job_id, queuectl_attempts.token, queuectl_attempts.state,
    queuectl_attempts.worker_id
FROM queuectl_attempts JOIN json_to_recordset(CAST(%(runs)s::VARCHAR AS JSON)) AS runs(job_id
    BIGINT, token BIGINT) ON queuectl_attempts.job_id = runs.job_id AND queuectl_attempts.token =
    runs.token
