SELECT queuectl_events.tx, queuectl_events.id
FROM queuectl_events
WHERE (queuectl_events.tx, queuectl_events.id) > (%(after_tx)s::BIGINT, %(after_id)s::BIGINT) AND
    queuectl_events.tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) ORDER
    BY queuectl_events.tx, queuectl_events.id
LIMIT 1 OFFSET %(skipped)s::INTEGER
