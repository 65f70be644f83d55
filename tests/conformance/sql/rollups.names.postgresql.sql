SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope IN ('queue', 'task') ORDER BY
    queuectl_rollups.scope, queuectl_rollups.name
