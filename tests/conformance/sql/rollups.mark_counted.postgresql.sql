DELETE FROM queuectl_rollups WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope =
    'uncounted' AND queuectl_rollups.counts = %(seen)s::VARCHAR RETURNING queuectl_rollups.name
