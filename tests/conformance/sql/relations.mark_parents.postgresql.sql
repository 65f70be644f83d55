UPDATE queuectl_jobs SET has_children=1 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM json_to_recordset(CAST(%(parents)s::VARCHAR AS JSON)) AS parents(id BIGINT)) AND
    queuectl_jobs.has_children = 0
