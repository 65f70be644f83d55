SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM json_to_recordset(CAST(%(touched)s::VARCHAR AS JSON)) AS touched(child_id BIGINT, clause
    INTEGER) JOIN queuectl_dependencies ON queuectl_dependencies.child_id = touched.child_id AND
    queuectl_dependencies.clause = touched.clause
