INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met) SELECT edges.child_id,
    edges.clause, edges.parent_id, edges.needs, edges.met
FROM json_to_recordset(CAST(%(edges)s::VARCHAR AS JSON)) AS edges(child_id BIGINT, clause INTEGER,
    parent_id BIGINT, needs TEXT, met INTEGER)
