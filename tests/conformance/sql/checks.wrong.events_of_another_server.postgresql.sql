SELECT queuectl_events.id
FROM queuectl_events
WHERE queuectl_events.tx >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)
    ORDER BY queuectl_events.id
LIMIT 21
