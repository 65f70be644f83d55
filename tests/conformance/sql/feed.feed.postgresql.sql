SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb,
    queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note,
    queuectl_events.tx
FROM queuectl_events
WHERE (queuectl_events.tx, queuectl_events.id) > (%(after_tx)s::BIGINT, %(after_id)s::BIGINT) AND
    queuectl_events.tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) ORDER
    BY queuectl_events.tx, queuectl_events.id
LIMIT %(at_most)s::INTEGER
