"""The statements of claim.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

PENDING_QUEUES = Statement("claim:PENDING_QUEUES", """
WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL UNION ALL SELECT (SELECT min(queuectl_jobs.queue) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue > anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL)
 SELECT anon_1.queue, (SELECT queuectl_jobs.priority
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue = anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT 1 OFFSET :param_1) AS priority, (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue = anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT 1 OFFSET :param_2) AS id, CASE WHEN (queuectl_queues.state = 'paused' OR queuectl_queues.concurrency IS NOT NULL OR queuectl_queues.rate IS NOT NULL OR (EXISTS (SELECT 1
FROM queuectl_jobs AS others
WHERE others.state = 'pending' AND others.waits_for IS NULL AND others.guarded = 1 AND others.queue = anon_1.queue))) THEN 1 ELSE 0 END AS needs_admission
FROM anon_1 LEFT OUTER JOIN queuectl_queues ON queuectl_queues.name = anon_1.queue
WHERE anon_1.queue IS NOT NULL AND coalesce(queuectl_queues.state, 'active') != 'paused'
""", fixed={'param_1': 0, 'param_2': 0})

CLAIM = Statement("claim:CLAIM", """
WITH best AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue = :from_queue AND queuectl_jobs.guarded = 0 AND NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :from_queue AND (queuectl_queues.state = 'paused' OR queuectl_queues.concurrency IS NOT NULL OR queuectl_queues.rate IS NOT NULL))) AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now)) ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1)
 UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + :attempt_1), token=(queuectl_jobs.token + :token_1), started_at=:now, worker_id=:worker, unique_live=CASE WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE queuectl_jobs.unique_live END, progress=:progress WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING id, "key", queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, group_id, unique_key, unmet, on_dep_failure, cancelled_for, fingerprint, was, pending_at, name, task, spec, note, result
""", whole=('worker',), small=('at_most',), words=('from_queue', 'boot'), fixed={'attempt_1': 1, 'token_1': 1, 'progress': None, 'param_1': 0})

WRITE_CLAIMS = Statement("claim:WRITE_CLAIMS", """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, tx) SELECT :now AS anon_1, taken.job_id, 'claim', 'running', taken.attempt, :worker AS anon_2, 0 AS anon_3
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:taken)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'attempt' AS attempt FROM items) SELECT * FROM parsed) AS taken
""", whole=('worker',))
