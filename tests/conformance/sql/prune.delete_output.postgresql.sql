DELETE FROM queuectl_output WHERE queuectl_output.job_id IN (SELECT doomed.id
FROM json_to_recordset(CAST(%(doomed)s::VARCHAR AS JSON)) AS doomed(id BIGINT))
