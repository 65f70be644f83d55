SELECT queuectl_jobs.id, queuectl_jobs.key
FROM queuectl_jobs JOIN json_to_recordset(CAST(%(keys)s::VARCHAR AS JSON)) AS keys(key TEXT) ON
    queuectl_jobs.key = keys.key
