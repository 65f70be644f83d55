SELECT names.name, queuectl_jobs.priority, queuectl_jobs.id
FROM json_to_recordset(CAST(%(names)s::VARCHAR AS JSON)) AS names(name TEXT) JOIN queuectl_jobs ON
    queuectl_jobs.id = (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = names.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1)
