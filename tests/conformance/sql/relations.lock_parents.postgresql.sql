SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT parents.id
FROM json_to_recordset(CAST(%(parents)s::VARCHAR AS JSON)) AS parents(id BIGINT)) ORDER BY
    queuectl_jobs.id FOR UPDATE
