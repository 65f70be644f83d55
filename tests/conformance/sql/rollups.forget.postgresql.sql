DELETE FROM queuectl_rollups WHERE queuectl_rollups.span = %(of_span)s::BIGINT AND
    queuectl_rollups.at < %(before_at)s::BIGINT
