SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM queuectl_dependencies
WHERE queuectl_dependencies.child_id IN (SELECT children.id
FROM json_to_recordset(CAST(%(children)s::VARCHAR AS JSON)) AS children(id BIGINT))
