SELECT queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.cancel_requested
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:runs)),
    parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'token' AS token FROM
    items) SELECT * FROM parsed) AS runs ON queuectl_jobs.id = runs.job_id AND queuectl_jobs.token =
    runs.token
WHERE queuectl_jobs.state = 'running' ORDER BY queuectl_jobs.id
