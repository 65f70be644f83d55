UPDATE queuectl_dependencies SET met=edges.met FROM json_to_recordset(CAST(%(edges)s::VARCHAR AS
    JSON)) AS edges(child_id BIGINT, clause INTEGER, parent_id BIGINT, needs TEXT, met INTEGER)
    WHERE queuectl_dependencies.child_id = edges.child_id AND queuectl_dependencies.clause =
    edges.clause AND queuectl_dependencies.parent_id = edges.parent_id AND
    queuectl_dependencies.needs = edges.needs
