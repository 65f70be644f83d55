UPDATE queuectl_jobs SET state='pending', attempt_base=queuectl_jobs.attempt,
    crashes=%(crashes)s::INTEGER, run_at=%(run_at)s::BIGINT, started_at=%(started_at)s::BIGINT,
    finished_at=%(finished_at)s::BIGINT, worker_id=%(worker_id)s::BIGINT,
    waits_for=%(waits_for)s::VARCHAR, unique_live=CASE WHEN (queuectl_jobs.unique_slot IS NOT NULL)
    THEN 1 ELSE 0 END, unmet=%(unmet)s::INTEGER, cancelled_for=%(cancelled_for)s::BIGINT,
    children_due=queuectl_jobs.has_children, fingerprint=%(fingerprint)s::VARCHAR,
    was=queuectl_jobs.state, pending_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)), note=%(note)s::VARCHAR WHERE queuectl_jobs.id IN (SELECT
    targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_jobs.state IN ('dead', 'retrying') AND (queuectl_jobs.unique_slot IS NULL OR NOT
    (EXISTS (SELECT 1
FROM queuectl_jobs AS other
WHERE other.unique_slot = queuectl_jobs.unique_slot AND other.unique_live = 1 AND other.id !=
    queuectl_jobs.id))) RETURNING queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt,
    queuectl_jobs.children_due, queuectl_jobs.group_id, queuectl_jobs.queue, queuectl_jobs.task,
    queuectl_jobs.was
