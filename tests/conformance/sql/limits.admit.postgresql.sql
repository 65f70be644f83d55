UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + %(attempt_1)s::INTEGER),
    token=(queuectl_jobs.token + %(token_1)s::BIGINT), started_at=(SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))), worker_id=%(worker)s::BIGINT,
    allotted=admitted.allotted, unique_live=CASE WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE
    queuectl_jobs.unique_live END, progress=%(progress)s::VARCHAR FROM
    json_to_recordset(CAST(%(admitted)s::VARCHAR AS JSON)) AS admitted(id BIGINT, allotted TEXT)
    WHERE queuectl_jobs.id = admitted.id AND queuectl_jobs.state = 'pending' AND
    queuectl_jobs.waits_for IS NULL AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = %(worker)s::BIGINT AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = %(boot)s::VARCHAR AND queuectl_workers.lease_until >
    coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))))
    RETURNING queuectl_jobs.id, queuectl_jobs.key, queuectl_jobs.state, queuectl_jobs.queue,
    queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token,
    queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries,
    queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at,
    queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id,
    queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded,
    queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted,
    queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unmet,
    queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.fingerprint,
    queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task,
    queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress
