INSERT INTO queuectl_rollups (span, scope, name, at, counts) SELECT rolled.span, rolled.scope,
    rolled.name, rolled.at, rolled.counts
FROM json_to_recordset(CAST(%(rolled)s::VARCHAR AS JSON)) AS rolled(span BIGINT, scope TEXT, name
    TEXT, at BIGINT, counts TEXT)
WHERE 1 = 1 ON CONFLICT (span, scope, name, at) DO UPDATE SET counts = excluded.counts
