"""The statements of admin.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

MOVES: dict[str, Statement] = {
    "cancel": Statement("admin:MOVES.cancel", """
UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE queuectl_jobs.unique_live END, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, pending_at=:now, note=:because WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", words=('because',), fixed={'waits_for': None, 'cancelled_for': None}),
    "hold": Statement("admin:MOVES.hold", """
UPDATE queuectl_jobs SET state='held', waits_for=:waits_for, was=queuectl_jobs.state, pending_at=:now, note=:because WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('blocked', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", words=('because',), fixed={'waits_for': None}),
    "release": Statement("admin:MOVES.release", """
UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.unmet > 0) THEN 'blocked' WHEN (queuectl_jobs.run_at > :now) THEN 'scheduled' ELSE 'pending' END, cancelled_for=:cancelled_for, was=queuectl_jobs.state, pending_at=:now, note=:note WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'held' RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'cancelled_for': None, 'note': None}),
    "give_up": Statement("admin:MOVES.give_up", """
UPDATE queuectl_jobs SET state='dead', finished_at=:now, unique_live=CASE WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE queuectl_jobs.unique_live END, children_due=queuectl_jobs.has_children, fingerprint=(SELECT targets.fingerprint
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets
WHERE queuectl_jobs.id = targets.id), was=queuectl_jobs.state, pending_at=:now, note=:because WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'retrying' RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", words=('because',)),
    "retry": Statement("admin:MOVES.retry", """
UPDATE queuectl_jobs SET state='pending', attempt_base=queuectl_jobs.attempt, crashes=:crashes, run_at=:run_at, started_at=:started_at, finished_at=:finished_at, worker_id=:worker_id, waits_for=:waits_for, unique_live=CASE WHEN (queuectl_jobs.unique_slot IS NOT NULL) THEN 1 ELSE 0 END, unmet=:unmet, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children, fingerprint=:fingerprint, was=queuectl_jobs.state, pending_at=:now, note=:note WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('dead', 'retrying') AND (queuectl_jobs.unique_slot IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_jobs AS other
WHERE other.unique_slot = queuectl_jobs.unique_slot AND other.unique_live = 1 AND other.id != queuectl_jobs.id))) RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'crashes': 0, 'run_at': None, 'started_at': None, 'finished_at': None, 'worker_id': None, 'waits_for': None, 'unmet': 0, 'cancelled_for': None, 'fingerprint': None, 'note': None}),
    "rerun": Statement("admin:MOVES.rerun", """
UPDATE queuectl_jobs SET state='pending', attempt_base=queuectl_jobs.attempt, crashes=:crashes, run_at=:run_at, started_at=:started_at, finished_at=:finished_at, worker_id=:worker_id, waits_for=:waits_for, unique_live=CASE WHEN (queuectl_jobs.unique_slot IS NOT NULL) THEN 1 ELSE 0 END, unmet=:unmet, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children, fingerprint=:fingerprint, was=queuectl_jobs.state, pending_at=:now, note=:note WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded') AND (queuectl_jobs.unique_slot IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_jobs AS other
WHERE other.unique_slot = queuectl_jobs.unique_slot AND other.unique_live = 1 AND other.id != queuectl_jobs.id))) RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'crashes': 0, 'run_at': None, 'started_at': None, 'finished_at': None, 'worker_id': None, 'waits_for': None, 'unmet': 0, 'cancelled_for': None, 'fingerprint': None, 'note': None}),
}

RETRY_DEAD = Statement("admin:RETRY_DEAD", """
UPDATE queuectl_jobs SET state='pending', attempt_base=queuectl_jobs.attempt, crashes=:crashes, run_at=:run_at, started_at=:started_at, finished_at=:finished_at, worker_id=:worker_id, waits_for=:pacer, unique_live=CASE WHEN (queuectl_jobs.unique_slot IS NOT NULL) THEN 1 ELSE 0 END, unmet=:unmet, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children, fingerprint=:fingerprint, was=queuectl_jobs.state, pending_at=:now, note=:note WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'dead' AND (queuectl_jobs.unique_slot IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_jobs AS other
WHERE other.unique_slot = queuectl_jobs.unique_slot AND other.unique_live = 1 AND other.id != queuectl_jobs.id))) RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", words=('pacer',), fixed={'crashes': 0, 'run_at': None, 'started_at': None, 'finished_at': None, 'worker_id': None, 'unmet': 0, 'cancelled_for': None, 'fingerprint': None, 'note': None})

LAST_ERRORS = Statement("admin:LAST_ERRORS", """
SELECT queuectl_jobs.id, coalesce(queuectl_attempts.error, queuectl_jobs.note, :coalesce_1) AS error
FROM queuectl_jobs JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND queuectl_attempts.token = queuectl_jobs.token
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'retrying'
""", fixed={'coalesce_1': ''})

OPEN = Statement("admin:OPEN", """
SELECT queuectl_jobs.id, queuectl_jobs."key", queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token, queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries, queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at, queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id, queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted, queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until, queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due, queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress
FROM queuectl_jobs
WHERE queuectl_jobs.id = :job
""", whole=('job',))

EDIT = Statement("admin:EDIT", """
UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.state IN ('blocked', 'dead', 'held', 'retrying')) THEN queuectl_jobs.state WHEN (:to_run_at > :now) THEN 'scheduled' ELSE 'pending' END, queue=:to_queue, priority=:to_priority, max_retries=:to_max_retries, timeout_ms=:to_timeout_ms, run_at=:to_run_at, waits_for=:to_waits_for, unique_slot=:to_slot, was=queuectl_jobs.state, pending_at=CASE WHEN (queuectl_jobs.state = 'pending') THEN queuectl_jobs.pending_at ELSE :now END, name=:to_name, task=:to_task, spec=:to_spec WHERE queuectl_jobs.id = :job RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", whole=('job',), words=('to_waits_for', 'to_slot'))

ASK_TO_CANCEL = Statement("admin:ASK_TO_CANCEL", """
UPDATE queuectl_jobs SET cancel_requested=:cancel_requested WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'running' RETURNING id
""", fixed={'cancel_requested': 1})

LOCK_JOBS = Statement("admin:LOCK_JOBS", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) ORDER BY queuectl_jobs.id
""")

STATES_OF = Statement("admin:STATES_OF", """
SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets)
""")

FREE_EXPIRED_OF = Statement("admin:FREE_EXPIRED_OF", """
UPDATE queuectl_jobs SET unique_live=:unique_live WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IN (SELECT queuectl_jobs.unique_slot
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets)) AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded') AND queuectl_jobs.unique_until <= :now
""", fixed={'unique_live': 0})

SLOTS_OF = Statement("admin:SLOTS_OF", """
SELECT queuectl_jobs.id, queuectl_jobs.unique_slot, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.unique_slot IS NOT NULL ORDER BY queuectl_jobs.id
""")

HOLDERS_OF = Statement("admin:HOLDERS_OF", """
SELECT queuectl_jobs.id, queuectl_jobs.unique_key, holder.id AS holder
FROM queuectl_jobs JOIN queuectl_jobs AS holder ON holder.unique_slot = queuectl_jobs.unique_slot AND holder.id != queuectl_jobs.id AND holder.unique_live = 1
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets)
""")

REPLACE = Statement("admin:REPLACE", """
UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=:unique_live, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, pending_at=:now, note=:because WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was, unique_slot
""", words=('because',), fixed={'waits_for': None, 'unique_live': 0, 'cancelled_for': None})

NAME_SUCCESSOR = Statement("admin:NAME_SUCCESSOR", """
UPDATE queuectl_jobs SET note=successors.note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:successors)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'note' AS note FROM items) SELECT * FROM parsed) AS successors WHERE queuectl_jobs.id = successors.id
""")

STOP_WORKERS = Statement("admin:STOP_WORKERS", """
UPDATE queuectl_workers SET state='stopping', stop=:how WHERE queuectl_workers.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_workers.state IN ('running', 'stopping') RETURNING id
""", words=('how',))

QUIET_WORKERS = Statement("admin:QUIET_WORKERS", """
UPDATE queuectl_workers SET state='stopping', stop='quiet' WHERE queuectl_workers.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets) AND queuectl_workers.state = 'running' RETURNING id
""")

LIVE_WORKERS = Statement("admin:LIVE_WORKERS", """
SELECT queuectl_workers.id
FROM queuectl_workers
WHERE queuectl_workers.state IN ('running', 'stopping')
""")

SETTINGS = Statement("admin:SETTINGS", """
SELECT queuectl_settings.name, queuectl_settings.value
FROM queuectl_settings ORDER BY queuectl_settings.name
""")

SET_SETTING = Statement("admin:SET_SETTING", """
UPDATE queuectl_settings SET value=:to WHERE queuectl_settings.name = :of RETURNING name
""", words=('to', 'of'))

ADD_SETTING = Statement("admin:ADD_SETTING", """
INSERT INTO queuectl_settings (name, value) VALUES (:name, :value)
""")

UNSET_SETTING = Statement("admin:UNSET_SETTING", """
DELETE FROM queuectl_settings WHERE queuectl_settings.name = :of
""", words=('of',))

QUEUE_SETTINGS = Statement("admin:QUEUE_SETTINGS", """
SELECT queuectl_queues.name, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.settings IS NOT NULL ORDER BY queuectl_queues.name
""")

ADD_QUEUE = Statement("admin:ADD_QUEUE", """
INSERT INTO queuectl_queues (name) SELECT :of_queue AS anon_1
WHERE 1 = 1 ON CONFLICT DO NOTHING
""", words=('of_queue',))

QUEUE_SETTINGS_OF = Statement("admin:QUEUE_SETTINGS_OF", """
SELECT queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.name = :of_queue
""", words=('of_queue',))

SET_QUEUE_SETTINGS = Statement("admin:SET_QUEUE_SETTINGS", """
UPDATE queuectl_queues SET settings=:to WHERE queuectl_queues.name = :of_queue
""", words=('to', 'of_queue'))
