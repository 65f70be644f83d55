SELECT queuectl_rollups.counts
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope = 'uncounted'
