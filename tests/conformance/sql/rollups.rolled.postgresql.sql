SELECT queuectl_rollups.span, queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.at,
    queuectl_rollups.counts
FROM queuectl_rollups JOIN json_to_recordset(CAST(%(rolled)s::VARCHAR AS JSON)) AS rolled(span
    BIGINT, scope TEXT, name TEXT, at BIGINT, counts TEXT) ON queuectl_rollups.span = rolled.span
    AND queuectl_rollups.scope = rolled.scope AND queuectl_rollups.name = rolled.name AND
    queuectl_rollups.at = rolled.at
