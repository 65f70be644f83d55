SELECT queuectl_jobs.id, queuectl_jobs."key"
FROM queuectl_jobs JOIN (SELECT value ->> 'key' AS key FROM json_each(:keys)) AS keys ON
    queuectl_jobs."key" = keys."key"
