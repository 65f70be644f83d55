UPDATE queuectl_jobs SET state='held', waits_for=%(waits_for)s::VARCHAR, was=queuectl_jobs.state,
    pending_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS
    BIGINT)), note=%(because)s::VARCHAR WHERE queuectl_jobs.id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_jobs.state IN ('blocked', 'pending', 'retrying', 'scheduled') RETURNING
    queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt, queuectl_jobs.children_due,
    queuectl_jobs.group_id, queuectl_jobs.queue, queuectl_jobs.task, queuectl_jobs.was
