UPDATE queuectl_jobs SET children_due=1 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM json_to_recordset(CAST(%(parents)s::VARCHAR AS JSON)) AS parents(id BIGINT))
