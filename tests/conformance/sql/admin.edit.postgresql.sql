UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.state IN ('blocked', 'dead', 'held',
    'retrying')) THEN queuectl_jobs.state WHEN (%(to_run_at)s::BIGINT > coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) THEN 'scheduled' ELSE 'pending'
    END, queue=%(to_queue)s::VARCHAR, priority=%(to_priority)s::INTEGER,
    max_retries=%(to_max_retries)s::INTEGER, timeout_ms=%(to_timeout_ms)s::BIGINT,
    run_at=%(to_run_at)s::BIGINT, waits_for=%(to_waits_for)s::VARCHAR,
    unique_slot=%(to_slot)s::VARCHAR, was=queuectl_jobs.state, pending_at=CASE WHEN
    (queuectl_jobs.state = 'pending') THEN queuectl_jobs.pending_at ELSE coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) END, name=%(to_name)s::VARCHAR,
    task=%(to_task)s::VARCHAR, spec=%(to_spec)s::VARCHAR WHERE queuectl_jobs.id = %(job)s::BIGINT
    RETURNING queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt,
    queuectl_jobs.children_due, queuectl_jobs.group_id, queuectl_jobs.queue, queuectl_jobs.task,
    queuectl_jobs.was
