SELECT queuectl_attempts.job_id, queuectl_attempts.token, queuectl_attempts.state,
    queuectl_attempts.worker_id
FROM queuectl_attempts JOIN (SELECT value ->> 'job_id' AS job_id, value ->> 'token' AS token FROM
    json_each(:runs)) AS runs ON queuectl_attempts.job_id = runs.job_id AND queuectl_attempts.token
    = runs.token
