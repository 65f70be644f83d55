"""The statements of dead.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

GROUPS = Statement("dead:GROUPS", """
SELECT queuectl_jobs.fingerprint, min(queuectl_jobs.finished_at) AS first_seen, max(queuectl_jobs.finished_at) AS last_seen, max(queuectl_jobs.id) AS newest
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND 1 = 1 GROUP BY queuectl_jobs.fingerprint
""")

MEMBERS = Statement("dead:MEMBERS", """
SELECT queuectl_jobs.fingerprint, queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND 1 = 1 ORDER BY queuectl_jobs.fingerprint, queuectl_jobs.id
""")

NEWEST = Statement("dead:NEWEST", """
SELECT queuectl_jobs.id, queuectl_jobs."key", queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.attempt, queuectl_jobs.attempt_base, queuectl_jobs.token, queuectl_jobs.crashes, queuectl_jobs.cancel_requested, queuectl_jobs.max_retries, queuectl_jobs.timeout_ms, queuectl_jobs.created_at, queuectl_jobs.run_at, queuectl_jobs.started_at, queuectl_jobs.finished_at, queuectl_jobs.worker_id, queuectl_jobs.environment_id, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.allotted, queuectl_jobs.waits_for, queuectl_jobs.group_id, queuectl_jobs.unique_key, queuectl_jobs.unique_slot, queuectl_jobs.unique_live, queuectl_jobs.unique_until, queuectl_jobs.unique_waiting, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.has_children, queuectl_jobs.children_due, queuectl_jobs.fingerprint, queuectl_jobs.was, queuectl_jobs.pending_at, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec, queuectl_jobs.note, queuectl_jobs.result, queuectl_jobs.progress, queuectl_attempts.job_id AS last_job_id, queuectl_attempts.token AS last_token, queuectl_attempts.number AS last_number, queuectl_attempts.state AS last_state, queuectl_attempts.worker_id AS last_worker_id, queuectl_attempts.started_at AS last_started_at, queuectl_attempts.finished_at AS last_finished_at, queuectl_attempts.exit_code AS last_exit_code, queuectl_attempts.signal AS last_signal, queuectl_attempts.error AS last_error, queuectl_attempts.max_rss AS last_max_rss, queuectl_attempts.cpu_ms AS last_cpu_ms, queuectl_attempts.log_bytes AS last_log_bytes, queuectl_attempts.log_lost AS last_log_lost, queuectl_groups.name AS group_name
FROM queuectl_jobs LEFT OUTER JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND queuectl_attempts.token = queuectl_jobs.token LEFT OUTER JOIN queuectl_groups ON queuectl_groups.id = queuectl_jobs.group_id
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items) SELECT * FROM parsed) AS targets)
""")

IDS = Statement("dead:IDS", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.id > :after AND 1 = 1 ORDER BY queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", whole=('after',), small=('at_most',), fixed={'param_1': 0})
