SELECT queuectl_attempts.job_id, queuectl_attempts.token, queuectl_attempts.state,
    queuectl_attempts.worker_id
FROM queuectl_attempts JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:runs)),
    parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'token' AS token FROM
    items) SELECT * FROM parsed) AS runs ON queuectl_attempts.job_id = runs.job_id AND
    queuectl_attempts.token = runs.token
