UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.state IN ('blocked', 'dead', 'held',
    'retrying')) THEN queuectl_jobs.state WHEN (:to_run_at > :now) THEN 'scheduled' ELSE 'pending'
    END, queue=:to_queue, priority=:to_priority, max_retries=:to_max_retries,
    timeout_ms=:to_timeout_ms, run_at=:to_run_at, waits_for=:to_waits_for, unique_slot=:to_slot,
    was=queuectl_jobs.state, pending_at=CASE WHEN (queuectl_jobs.state = 'pending') THEN
    queuectl_jobs.pending_at ELSE :now END, name=:to_name, task=:to_task, spec=:to_spec WHERE
    queuectl_jobs.id = :job RETURNING id, state, attempt, children_due, group_id, queue, task, was
