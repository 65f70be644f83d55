SELECT queuectl_jobs.id, queuectl_jobs.key, queuectl_jobs.state, queuectl_jobs.queue,
    queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token,
    queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries,
    queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at,
    queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id,
    queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded,
    queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted,
    queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key,
    queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until,
    queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure,
    queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due,
    queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name,
    queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result,
    queuectl_jobs.progress
FROM queuectl_jobs
WHERE queuectl_jobs.id = %(job)s::BIGINT FOR UPDATE
