DELETE FROM queuectl_environments WHERE queuectl_environments.id IN (SELECT doomed.id
FROM json_to_recordset(CAST(%(doomed)s::VARCHAR AS JSON)) AS doomed(id BIGINT)) AND NOT (EXISTS
    (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) RETURNING queuectl_environments.id
