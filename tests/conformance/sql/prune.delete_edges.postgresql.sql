DELETE FROM queuectl_dependencies WHERE queuectl_dependencies.child_id IN (SELECT doomed.id
FROM json_to_recordset(CAST(%(doomed)s::VARCHAR AS JSON)) AS doomed(id BIGINT))
