UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.unmet > 0) THEN 'blocked' WHEN
    (queuectl_jobs.run_at > coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) *
    1000 AS BIGINT))) THEN 'scheduled' ELSE 'pending' END, cancelled_for=%(cancelled_for)s::BIGINT,
    was=queuectl_jobs.state, pending_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)), note=%(note)s::VARCHAR WHERE queuectl_jobs.id IN (SELECT
    targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_jobs.state = 'held' RETURNING queuectl_jobs.id, queuectl_jobs.state,
    queuectl_jobs.attempt, queuectl_jobs.children_due, queuectl_jobs.group_id, queuectl_jobs.queue,
    queuectl_jobs.task, queuectl_jobs.was
