SELECT queuectl_dependencies.parent_id, min(child.id) AS child_id
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND (child.state NOT IN ('succeeded', 'dead', 'cancelled')) GROUP BY
    queuectl_dependencies.parent_id
