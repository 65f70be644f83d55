SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb,
    queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note,
    queuectl_events.tx, queuectl_jobs.queue
FROM queuectl_events JOIN queuectl_jobs ON queuectl_jobs.id = queuectl_events.job_id
WHERE (queuectl_events.tx, queuectl_events.id) > (%(after_tx)s::BIGINT, %(after_id)s::BIGINT) AND
    queuectl_events.tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AND
    (queuectl_events.tx, queuectl_events.id) <= (%(to_tx)s::BIGINT, %(to_id)s::BIGINT) AND
    queuectl_events.verb IN (SELECT wanted_verbs.verb
FROM json_to_recordset(CAST(%(wanted_verbs)s::VARCHAR AS JSON)) AS wanted_verbs(verb TEXT)) AND
    queuectl_jobs.queue != %(hook_queue)s::VARCHAR ORDER BY queuectl_events.tx, queuectl_events.id
