DELETE FROM queuectl_rollups WHERE queuectl_rollups.span = :of_span AND queuectl_rollups.at <
    :before_at
