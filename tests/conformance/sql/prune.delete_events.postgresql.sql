DELETE FROM queuectl_events WHERE queuectl_events.job_id IN (SELECT doomed.id
FROM json_to_recordset(CAST(%(doomed)s::VARCHAR AS JSON)) AS doomed(id BIGINT)) RETURNING
    queuectl_events.tx, queuectl_events.id
