SELECT queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.cancel_requested
FROM queuectl_jobs JOIN (SELECT value ->> 'job_id' AS job_id, value ->> 'token' AS token FROM
    json_each(:runs)) AS runs ON queuectl_jobs.id = runs.job_id AND queuectl_jobs.token = runs.token
WHERE queuectl_jobs.state = 'running' ORDER BY queuectl_jobs.id
