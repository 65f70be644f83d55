"""The statements of upkeep.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

RENEW = Statement("upkeep:RENEW", """
UPDATE queuectl_workers SET lease_until=(:lease_now + queuectl_workers.lease_ms), seen_at=:now WHERE queuectl_workers.id = :worker AND queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id = :boot RETURNING stop
""", whole=('worker',), words=('boot',))

HELD_BY_WORKER = Statement("upkeep:HELD_BY_WORKER", """
SELECT queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.cancel_requested
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = :worker
""", whole=('worker',))

RUNNING_OF = Statement("upkeep:RUNNING_OF", """
SELECT queuectl_jobs.id, queuectl_jobs."key", queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token, queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries, queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at, queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id, queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted, queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until, queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due, queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:runs)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'token' AS token FROM items) SELECT * FROM parsed) AS runs ON queuectl_jobs.id = runs.job_id AND queuectl_jobs.token = runs.token
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = :worker
""", whole=('worker',))

STAGE = Statement("upkeep:STAGE", """
WITH due AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.run_at <= :now ORDER BY queuectl_jobs.state, queuectl_jobs.run_at
 LIMIT :at_most OFFSET :param_1)
 UPDATE queuectl_jobs SET state='pending', was=queuectl_jobs.state WHERE queuectl_jobs.id IN (SELECT due.id
FROM due) RETURNING id, state, attempt, queue, task, was
""", small=('at_most',), fixed={'param_1': 0})

SCHEMA_VERSION = Statement("upkeep:SCHEMA_VERSION", """
SELECT version_num
FROM queuectl_schema_version
""")

REGISTER = Statement("upkeep:REGISTER", """
INSERT INTO queuectl_workers ("key", state, host, pid, version, concurrency, queues, boot_id, lease_ms, lease_until, started_at, seen_at) SELECT :key AS anon_1, 'running', :host AS anon_2, :pid AS anon_3, :version AS anon_4, :concurrency AS anon_5, :queues AS anon_6, :boot AS anon_7, :lease_ms AS anon_8, :lease_now + :lease_ms AS anon_9, :now AS anon_10, :now AS anon_11 RETURNING id
""", whole=('pid', 'lease_ms'), small=('concurrency',), words=('key', 'host', 'version', 'queues', 'boot'))

UNREGISTER = Statement("upkeep:UNREGISTER", """
UPDATE queuectl_workers SET state='stopped', seen_at=:now WHERE queuectl_workers.id = :worker AND queuectl_workers.state != 'gone'
""", whole=('worker',))

EXPIRE_WORKERS = Statement("upkeep:EXPIRE_WORKERS", """
UPDATE queuectl_workers SET state='gone' WHERE queuectl_workers.state IN ('running', 'stopping') AND (queuectl_workers.boot_id != :boot OR queuectl_workers.lease_until <= :lease_now) RETURNING id
""", words=('boot',))

ABANDONED = Statement("upkeep:ABANDONED", """
SELECT queuectl_jobs.id, queuectl_jobs."key", queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token, queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries, queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at, queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id, queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted, queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until, queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due, queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress
FROM queuectl_jobs LEFT OUTER JOIN queuectl_workers ON queuectl_workers.id = queuectl_jobs.worker_id
WHERE queuectl_jobs.state = 'running' AND (queuectl_workers.id IS NULL OR queuectl_workers.state IN ('gone', 'stopped')) ORDER BY queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

SET_PROGRESS = Statement("upkeep:SET_PROGRESS", """
UPDATE queuectl_jobs SET progress=:text WHERE queuectl_jobs.id = :job AND queuectl_jobs.token = :run AND queuectl_jobs.state = 'running' RETURNING id
""", whole=('job', 'run'), words=('text',))

SET_RULES = Statement("upkeep:SET_RULES", """
UPDATE queuectl_jobs SET max_retries=:to_max_retries, timeout_ms=:to_timeout_ms, spec=:to_spec WHERE queuectl_jobs.id = :job AND queuectl_jobs.token = :run AND queuectl_jobs.state = 'running'
""", whole=('to_timeout_ms', 'job', 'run'), small=('to_max_retries',), words=('to_spec',))

ENVIRONMENT_ID = Statement("upkeep:ENVIRONMENT_ID", """
SELECT queuectl_environments.id
FROM queuectl_environments
WHERE queuectl_environments.digest = :of
""", words=('of',))

ADD_ENVIRONMENT = Statement("upkeep:ADD_ENVIRONMENT", """
INSERT INTO queuectl_environments (digest, body) VALUES (:digest, :body) RETURNING id
""")

ENVIRONMENT = Statement("upkeep:ENVIRONMENT", """
SELECT queuectl_environments.body
FROM queuectl_environments
WHERE queuectl_environments.id = :environment
""", whole=('environment',))
