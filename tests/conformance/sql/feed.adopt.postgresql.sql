UPDATE queuectl_events SET tx=0 WHERE queuectl_events.tx >=
    CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)
