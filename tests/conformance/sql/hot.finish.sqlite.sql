UPDATE queuectl_jobs SET state=ended.state, attempt=((queuectl_jobs.attempt - :attempt_1) +
    ended.used), crashes=(queuectl_jobs.crashes + ended.crash), cancel_requested=:cancel_requested,
    run_at=coalesce(:now + ended.delay_ms, queuectl_jobs.run_at), started_at=CASE WHEN (ended.state
    = 'pending') THEN NULL ELSE queuectl_jobs.started_at END, finished_at=CASE WHEN (ended.final =
    :final_1) THEN :now ELSE NULL END, allotted=:allotted, unique_live=CASE WHEN (ended.final =
    :final_2 AND (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now)) THEN 0
    ELSE queuectl_jobs.unique_live END, children_due=CASE WHEN (ended.final = :final_3) THEN
    queuectl_jobs.has_children ELSE queuectl_jobs.children_due END, fingerprint=ended.fingerprint,
    note=ended.note, result=ended.result FROM (SELECT value ->> 'job_id' AS job_id, value ->>
    'token' AS token, value ->> 'verb' AS verb, value ->> 'state' AS state, value ->> 'final' AS
    final, value ->> 'used' AS used, value ->> 'crash' AS crash, value ->> 'delay_ms' AS delay_ms,
    value ->> 'note' AS note, value ->> 'result' AS result, value ->> 'worker_id' AS worker_id,
    value ->> 'number' AS number, value ->> 'recorded' AS recorded, value ->> 'started_at' AS
    started_at, value ->> 'exit_code' AS exit_code, value ->> 'signal' AS signal, value ->> 'error'
    AS error, value ->> 'max_rss' AS max_rss, value ->> 'cpu_ms' AS cpu_ms, value ->> 'log_bytes' AS
    log_bytes, value ->> 'fingerprint' AS fingerprint FROM json_each(:ended)) AS ended WHERE
    queuectl_jobs.id = ended.job_id AND queuectl_jobs.token = ended.token AND queuectl_jobs.state =
    'running' RETURNING id, state, children_due, group_id
