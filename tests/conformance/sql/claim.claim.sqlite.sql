WITH best AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    :from_queue AND queuectl_jobs.guarded = 0 AND NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :from_queue AND (queuectl_queues.state = 'paused' OR
    queuectl_queues.concurrency IS NOT NULL OR queuectl_queues.rate IS NOT NULL))) AND (EXISTS
    (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now)) ORDER BY
    queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT :at_most OFFSET :param_1)
UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + :attempt_1),
    token=(queuectl_jobs.token + :token_1), started_at=:now, worker_id=:worker, unique_live=CASE
    WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE queuectl_jobs.unique_live END,
    progress=:progress WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING id, "key", queue, priority, attempt, attempt_base, token, crashes,
    cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at,
    worker_id, environment_id, group_id, unique_key, unmet, on_dep_failure, cancelled_for,
    fingerprint, was, pending_at, name, task, spec, note, result
