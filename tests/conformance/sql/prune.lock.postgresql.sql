SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.children_due
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM json_to_recordset(CAST(%(doomed)s::VARCHAR AS JSON)) AS doomed(id BIGINT)) ORDER BY
    queuectl_jobs.id FOR UPDATE
