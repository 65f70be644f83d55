"""The statements of hot.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Kept, Statement

ENDED = Kept("ended", ('job_id', 'token', 'verb', 'state', 'unused', 'crash', 'delay_ms', 'note', 'result', 'fingerprint', 'number', 'recorded', 'started_at', 'exit_code', 'signal', 'error', 'max_rss', 'cpu_ms', 'log_bytes', 'log_lost', 'run_ms'))

JOBS_BY_KEY = Statement("hot:JOBS_BY_KEY", """
SELECT queuectl_jobs.id, queuectl_jobs."key"
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:keys)), parsed AS MATERIALIZED (SELECT item ->> 'key' AS key FROM items) SELECT * FROM parsed) AS keys ON queuectl_jobs."key" = keys."key"
""")

WRITE_EVENTS = Statement("hot:WRITE_EVENTS", """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS anon_1, moves.job_id, moves.verb, moves.state, moves.attempt, moves.worker_id, moves.note, 0 AS anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'verb' AS verb, item ->> 'state' AS state, item ->> 'attempt' AS attempt, item ->> 'worker_id' AS worker_id, item ->> 'note' AS note FROM items) SELECT * FROM parsed) AS moves
""")

WRITE_SAME_EVENTS = Statement("hot:WRITE_SAME_EVENTS", """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT :now AS anon_1, moves.job_id, :verb AS anon_2, :state AS anon_3, :attempt AS anon_4, 0 AS anon_5
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id FROM items) SELECT * FROM parsed) AS moves
""")

WRITE_EVENT = Statement("hot:WRITE_EVENT", """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT :now AS anon_1, :job_id AS anon_2, :verb AS anon_3, :state AS anon_4, :attempt AS anon_5, 0 AS anon_6
""")

FINISH = Statement("hot:FINISH", """
UPDATE queuectl_jobs SET state=ended.state, attempt=(queuectl_jobs.attempt - coalesce(ended.unused, 0)), crashes=(queuectl_jobs.crashes + coalesce(ended.crash, 0)), cancel_requested=:cancel_requested, run_at=coalesce(:now + ended.delay_ms, queuectl_jobs.run_at), started_at=CASE WHEN (ended.state = 'pending') THEN NULL ELSE queuectl_jobs.started_at END, finished_at=CASE WHEN (ended.state IN ('cancelled', 'dead', 'succeeded')) THEN :now ELSE NULL END, allotted=:allotted, unique_live=CASE WHEN (ended.state IN ('cancelled', 'dead', 'succeeded') AND (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now)) THEN 0 ELSE queuectl_jobs.unique_live END, children_due=CASE WHEN (ended.state IN ('cancelled', 'dead', 'succeeded')) THEN queuectl_jobs.has_children ELSE queuectl_jobs.children_due END, fingerprint=ended.fingerprint, pending_at=CASE WHEN (ended.state = 'pending') THEN :now ELSE queuectl_jobs.pending_at END, note=ended.note, result=ended.result FROM temp.queuectl_ended AS ended WHERE queuectl_jobs.id = ended.job_id AND queuectl_jobs.token = ended.token AND queuectl_jobs.state = 'running' RETURNING id, token, state, children_due, group_id, :now AS at
""", fixed={'cancel_requested': 0, 'allotted': None})

WRITE_ATTEMPTS = Statement("hot:WRITE_ATTEMPTS", """
INSERT INTO queuectl_attempts (job_id, token, number, started_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes, log_lost, state, worker_id, finished_at) SELECT ended.job_id, ended.token, ended.number, ended.started_at, ended.exit_code, ended.signal, ended.error, ended.max_rss, ended.cpu_ms, ended.log_bytes, ended.log_lost, ended.recorded, :worker AS anon_1, CASE WHEN (ended.started_at + ended.run_ms < :now) THEN ended.started_at + ended.run_ms ELSE :now END AS anon_2
FROM temp.queuectl_ended AS ended
""", whole=('worker',))

WRITE_ENDINGS = Statement("hot:WRITE_ENDINGS", """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS anon_1, ended.job_id, ended.verb, ended.state, ended.number - coalesce(ended.unused, 0) AS anon_2, :worker AS anon_3, ended.note, 0 AS anon_4
FROM temp.queuectl_ended AS ended
""", whole=('worker',))

LOCK_RUNS = Statement("hot:LOCK_RUNS", """
SELECT queuectl_jobs.id, queuectl_jobs.token, queuectl_jobs.cancel_requested
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:runs)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'token' AS token FROM items) SELECT * FROM parsed) AS runs ON queuectl_jobs.id = runs.job_id AND queuectl_jobs.token = runs.token
WHERE queuectl_jobs.state = 'running' ORDER BY queuectl_jobs.id
""")

RECORDED = Statement("hot:RECORDED", """
SELECT queuectl_attempts.job_id, queuectl_attempts.token, queuectl_attempts.state, queuectl_attempts.worker_id
FROM queuectl_attempts JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:runs)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'token' AS token FROM items) SELECT * FROM parsed) AS runs ON queuectl_attempts.job_id = runs.job_id AND queuectl_attempts.token = runs.token
""")
