"""The statements of read.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

PAGE = Statement("read:PAGE", """
SELECT queuectl_jobs.id, queuectl_jobs."key", queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token, queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries, queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at, queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id, queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted, queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until, queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due, queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress, queuectl_attempts.job_id AS last_job_id, queuectl_attempts.token AS last_token, queuectl_attempts.number AS last_number, queuectl_attempts.state AS last_state, queuectl_attempts.worker_id AS last_worker_id, queuectl_attempts.started_at AS last_started_at, queuectl_attempts.finished_at AS last_finished_at, queuectl_attempts.exit_code AS last_exit_code, queuectl_attempts.signal AS last_signal, queuectl_attempts.error AS last_error, queuectl_attempts.max_rss AS last_max_rss, queuectl_attempts.cpu_ms AS last_cpu_ms, queuectl_attempts.log_bytes AS last_log_bytes, queuectl_attempts.log_lost AS last_log_lost, queuectl_groups.name AS group_name
FROM queuectl_jobs LEFT OUTER JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND queuectl_attempts.token = queuectl_jobs.token LEFT OUTER JOIN queuectl_groups ON queuectl_groups.id = queuectl_jobs.group_id
WHERE 1 = 1 ORDER BY queuectl_jobs.id DESC
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

JOBS_BY_ID = Statement("read:JOBS_BY_ID", """
SELECT queuectl_jobs.id, queuectl_jobs."key", queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token, queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries, queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at, queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id, queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted, queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until, queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due, queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress, queuectl_attempts.job_id AS last_job_id, queuectl_attempts.token AS last_token, queuectl_attempts.number AS last_number, queuectl_attempts.state AS last_state, queuectl_attempts.worker_id AS last_worker_id, queuectl_attempts.started_at AS last_started_at, queuectl_attempts.finished_at AS last_finished_at, queuectl_attempts.exit_code AS last_exit_code, queuectl_attempts.signal AS last_signal, queuectl_attempts.error AS last_error, queuectl_attempts.max_rss AS last_max_rss, queuectl_attempts.cpu_ms AS last_cpu_ms, queuectl_attempts.log_bytes AS last_log_bytes, queuectl_attempts.log_lost AS last_log_lost, queuectl_groups.name AS group_name
FROM queuectl_jobs LEFT OUTER JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND queuectl_attempts.token = queuectl_jobs.token LEFT OUTER JOIN queuectl_groups ON queuectl_groups.id = queuectl_jobs.group_id JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:wanted)), parsed AS MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS wanted ON queuectl_jobs.id = wanted.id ORDER BY wanted.n
""")

ATTEMPTS = Statement("read:ATTEMPTS", """
SELECT queuectl_attempts.job_id, queuectl_attempts.token, queuectl_attempts.number, queuectl_attempts.state, queuectl_attempts.worker_id, queuectl_attempts.started_at, queuectl_attempts.finished_at, queuectl_attempts.exit_code, queuectl_attempts.signal, queuectl_attempts.error, queuectl_attempts.max_rss, queuectl_attempts.cpu_ms, queuectl_attempts.log_bytes, queuectl_attempts.log_lost
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = :job ORDER BY queuectl_attempts.token
""", whole=('job',))

EVENTS = Statement("read:EVENTS", """
SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note, queuectl_events.tx
FROM queuectl_events
WHERE queuectl_events.id > :after ORDER BY queuectl_events.id
 LIMIT :at_most OFFSET :param_1
""", whole=('after',), small=('at_most',), fixed={'param_1': 0})

EVENTS_OF_JOB = Statement("read:EVENTS_OF_JOB", """
SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note, queuectl_events.tx
FROM queuectl_events
WHERE queuectl_events.id > :after AND queuectl_events.job_id = :job ORDER BY queuectl_events.id
 LIMIT :at_most OFFSET :param_1
""", whole=('after', 'job'), small=('at_most',), fixed={'param_1': 0})

EVENT_IDS = Statement("read:EVENT_IDS", """
SELECT min(queuectl_events.id) AS min_1, max(queuectl_events.id) AS max_1
FROM queuectl_events
""")

EVENT_AT = Statement("read:EVENT_AT", """
SELECT queuectl_events.at
FROM queuectl_events
WHERE queuectl_events.id >= :from_id ORDER BY queuectl_events.id
 LIMIT 1 OFFSET :param_1
""", whole=('from_id',), fixed={'param_1': 0})

MOVES_SINCE = Statement("read:MOVES_SINCE", """
SELECT queuectl_events.verb, count(*) AS n
FROM queuectl_events
WHERE queuectl_events.id >= :from_id AND queuectl_events.at >= :since GROUP BY queuectl_events.verb
""", whole=('from_id', 'since'))

WORKERS = Statement("read:WORKERS", """
SELECT queuectl_workers.id, queuectl_workers."key", queuectl_workers.state, queuectl_workers.host, queuectl_workers.pid, queuectl_workers.version, queuectl_workers.concurrency, queuectl_workers.queues, queuectl_workers.boot_id, queuectl_workers.lease_ms, queuectl_workers.lease_until, queuectl_workers.stop, queuectl_workers.started_at, queuectl_workers.seen_at, (SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id AND queuectl_jobs.queue != 'queuectl.hooks') AS running, CASE WHEN (queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now) THEN :param_1 ELSE :param_2 END AS alive
FROM queuectl_workers ORDER BY queuectl_workers.id
""", words=('boot',), fixed={'param_1': 1, 'param_2': 0})

LIVE_WORKERS = Statement("read:LIVE_WORKERS", """
SELECT queuectl_workers.id, queuectl_workers."key", queuectl_workers.state, queuectl_workers.host, queuectl_workers.pid, queuectl_workers.version, queuectl_workers.concurrency, queuectl_workers.queues, queuectl_workers.boot_id, queuectl_workers.lease_ms, queuectl_workers.lease_until, queuectl_workers.stop, queuectl_workers.started_at, queuectl_workers.seen_at, (SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id AND queuectl_jobs.queue != 'queuectl.hooks') AS running, CASE WHEN (queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now) THEN :param_1 ELSE :param_2 END AS alive
FROM queuectl_workers
WHERE queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now ORDER BY queuectl_workers.id
""", words=('boot',), fixed={'param_1': 1, 'param_2': 0})

WORK_LEFT = Statement("read:WORK_LEFT", """
SELECT (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND NOT (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND queuectl_jobs.slots <= :widest)) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for NOT LIKE 'missing:%' AND NOT (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND queuectl_jobs.slots <= :widest)) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running')) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying' AND NOT (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND queuectl_jobs.slots <= :widest)) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1)) AS anon_1
""", small=('widest',))

WORK_LEFT_IN = Statement("read:WORK_LEFT_IN", """
SELECT (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND NOT (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND queuectl_jobs.slots <= :widest AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for NOT LIKE 'missing:%' AND NOT (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND queuectl_jobs.slots <= :widest AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying' AND NOT (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND queuectl_jobs.slots <= :widest AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1)) AS anon_1
""", small=('widest',))

NOW = Statement("read:NOW", """
SELECT :now AS anon_1
""")

LAST_JOB_ID = Statement("read:LAST_JOB_ID", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_jobs') AS anon_1
""")
