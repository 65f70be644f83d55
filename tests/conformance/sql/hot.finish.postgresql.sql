UPDATE queuectl_jobs SET state=ended.state, attempt=(queuectl_jobs.attempt - coalesce(ended.unused,
    0)), crashes=(queuectl_jobs.crashes + coalesce(ended.crash, 0)),
    cancel_requested=%(cancel_requested)s::INTEGER, run_at=coalesce((SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) +
    ended.delay_ms, queuectl_jobs.run_at), started_at=CASE WHEN (ended.state = 'pending') THEN NULL
    ELSE queuectl_jobs.started_at END, finished_at=CASE WHEN (ended.state IN ('cancelled', 'dead',
    'succeeded')) THEN (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp())
    * 1000 AS BIGINT))) ELSE NULL END, allotted=%(allotted)s::VARCHAR, unique_live=CASE WHEN
    (ended.state IN ('cancelled', 'dead', 'succeeded') AND (queuectl_jobs.unique_until IS NULL OR
    queuectl_jobs.unique_until <= coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)))) THEN 0 ELSE queuectl_jobs.unique_live END,
    children_due=CASE WHEN (ended.state IN ('cancelled', 'dead', 'succeeded')) THEN
    queuectl_jobs.has_children ELSE queuectl_jobs.children_due END, fingerprint=ended.fingerprint,
    pending_at=CASE WHEN (ended.state = 'pending') THEN (SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) ELSE queuectl_jobs.pending_at
    END, note=ended.note, result=ended.result FROM (SELECT coalesce(own.job_id, every.job_id) AS
    job_id, coalesce(own.token, every.token) AS token, coalesce(own.state, every.state) AS state,
    coalesce(own.unused, every.unused) AS unused, coalesce(own.crash, every.crash) AS crash,
    coalesce(own.delay_ms, every.delay_ms) AS delay_ms, coalesce(own.note, every.note) AS note,
    coalesce(own.result, every.result) AS result, coalesce(own.fingerprint, every.fingerprint) AS
    fingerprint FROM json_to_recordset(CAST(%(ended)s::VARCHAR AS JSON)) AS own(job_id BIGINT, token
    BIGINT, state TEXT, unused INTEGER, crash INTEGER, delay_ms BIGINT, note TEXT, result TEXT,
    fingerprint TEXT) CROSS JOIN json_to_record(CAST(%(ended_shared)s::VARCHAR AS JSON)) AS
    every(job_id BIGINT, token BIGINT, state TEXT, unused INTEGER, crash INTEGER, delay_ms BIGINT,
    note TEXT, result TEXT, fingerprint TEXT)) AS ended WHERE queuectl_jobs.id = ended.job_id AND
    queuectl_jobs.token = ended.token AND queuectl_jobs.state = 'running' RETURNING
    queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.state, queuectl_jobs.children_due,
    queuectl_jobs.group_id, (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT))) AS at
