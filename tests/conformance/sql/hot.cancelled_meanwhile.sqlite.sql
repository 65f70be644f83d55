SELECT queuectl_jobs.id, queuectl_jobs.token
FROM queuectl_jobs JOIN (SELECT value ->> 'job_id' AS job_id, value ->> 'token' AS token FROM
    json_each(:runs)) AS runs ON queuectl_jobs.id = runs.job_id AND queuectl_jobs.token = runs.token
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.cancel_requested = :cancel_requested_1
