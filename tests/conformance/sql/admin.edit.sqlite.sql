UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.state IN ('blocked', 'dead', 'held',
    'retrying')) THEN queuectl_jobs.state WHEN (:to_run_at > :now) THEN 'scheduled' ELSE 'pending'
    END, queue=:to_queue, priority=:to_priority, max_retries=:to_max_retries,
    timeout_ms=:to_timeout_ms, run_at=:to_run_at, waits_for=:to_waits_for, unique_slot=:to_slot,
    name=:to_name, task=:to_task, spec=:to_spec WHERE queuectl_jobs.id = :job RETURNING id, state,
    attempt
