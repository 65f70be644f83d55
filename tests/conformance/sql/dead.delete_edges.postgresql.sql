DELETE FROM queuectl_dependencies WHERE queuectl_dependencies.child_id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
