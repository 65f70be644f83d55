SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, stale.truth AS met
FROM json_to_recordset(CAST(%(stale)s::VARCHAR AS JSON)) AS stale(parent_id BIGINT, needs TEXT, met
    INTEGER, truth INTEGER) JOIN queuectl_dependencies ON queuectl_dependencies.parent_id =
    stale.parent_id AND queuectl_dependencies.needs = stale.needs AND queuectl_dependencies.met =
    stale.met
LIMIT %(at_most)s::INTEGER
