"""The statements of limits.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

LOCK_RULES = Statement("limits:LOCK_RULES", """
SELECT NULL AS locked
""")

LOCK_COUNTS = Statement("limits:LOCK_COUNTS", """
SELECT NULL AS locked
""")

ENTER = Statement("limits:ENTER", """
SELECT NULL AS locked, (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded = 1)) OR (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.state != 'paused' AND (queuectl_queues.concurrency IS NOT NULL OR queuectl_queues.rate IS NOT NULL) AND (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue = queuectl_queues.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT 1 OFFSET :param_1) IS NOT NULL)) AS limited
""", fixed={'param_1': 0})

CLAIMANT = Statement("limits:CLAIMANT", """
SELECT queuectl_workers.concurrency, :now AS now_ms
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now))
""", whole=('worker',), words=('boot',))

CANDIDATES = Statement("limits:CANDIDATES", """
SELECT queuectl_jobs.id, queuectl_jobs.priority, queuectl_jobs.slots, queuectl_jobs.guarded, queuectl_jobs.concurrency_key, queuectl_jobs.resources, queuectl_jobs.group_id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue = :from_queue AND queuectl_jobs.slots <= :widest ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", small=('widest', 'at_most'), words=('from_queue',), fixed={'param_1': 0})

ADMIT = Statement("limits:ADMIT", """
UPDATE queuectl_jobs SET state='running', attempt=(queuectl_jobs.attempt + :attempt_1), token=(queuectl_jobs.token + :token_1), started_at=:now, worker_id=:worker, allotted=admitted.allotted, unique_live=CASE WHEN (queuectl_jobs.unique_waiting = 1) THEN 0 ELSE queuectl_jobs.unique_live END, progress=:progress FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:admitted)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'allotted' AS allotted FROM items) SELECT * FROM parsed) AS admitted WHERE queuectl_jobs.id = admitted.id AND queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now)) RETURNING id, "key", state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unmet, on_dep_failure, cancelled_for, fingerprint, was, pending_at, name, task, spec, note, result, progress
""", whole=('worker',), words=('boot',), fixed={'attempt_1': 1, 'token_1': 1, 'progress': None})

PARK = Statement("limits:PARK", """
UPDATE queuectl_jobs SET waits_for=parked.name FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parked)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS parked WHERE queuectl_jobs.id = parked.id AND queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL RETURNING id
""")

RUNNING = Statement("limits:RUNNING", """
SELECT queuectl_jobs.queue, queuectl_jobs.concurrency_key, queuectl_jobs.group_id, queuectl_jobs.allotted, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' GROUP BY queuectl_jobs.queue, queuectl_jobs.concurrency_key, queuectl_jobs.group_id, queuectl_jobs.allotted
""")

QUEUES = Statement("limits:QUEUES", """
SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency, queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms, queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms, queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues ORDER BY queuectl_queues.name
""")

QUEUE = Statement("limits:QUEUE", """
SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency, queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms, queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms, queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.name = :of
""", words=('of',))

RESOURCES = Statement("limits:RESOURCES", """
SELECT queuectl_resources.name, queuectl_resources.capacity
FROM queuectl_resources ORDER BY queuectl_resources.name
""")

GROUPS = Statement("limits:GROUPS", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halted
FROM queuectl_groups JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ids)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS ids ON queuectl_groups.id = ids.id
""")

BUCKETS_NAMED = Statement("limits:BUCKETS_NAMED", """
SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate, queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names ON queuectl_buckets.name = names.name
""")

PROMISED = Statement("limits:PROMISED", """
SELECT ready.queue, ready.concurrency_key, ready.group_id, ready.resources, queuectl_queues.state
FROM (SELECT queuectl_jobs.queue AS queue, queuectl_jobs.concurrency_key AS concurrency_key, queuectl_jobs.group_id AS group_id, queuectl_jobs.resources AS resources
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded = 1 ORDER BY queuectl_jobs.queue
 LIMIT :at_most OFFSET :param_1) AS ready LEFT OUTER JOIN queuectl_queues ON queuectl_queues.name = ready.queue
""", small=('at_most',), fixed={'param_1': 0})

WAITING_FIRST = Statement("limits:WAITING_FIRST", """
SELECT names.name, queuectl_jobs.priority, queuectl_jobs.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names JOIN queuectl_jobs ON queuectl_jobs.id = (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = names.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT 1 OFFSET :param_1)
""", fixed={'param_1': 0})

WAITING_BEST = Statement("limits:WAITING_BEST", """
SELECT queuectl_jobs.id, queuectl_jobs.resources
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), words=('of',), fixed={'param_1': 0})

UNPARK = Statement("limits:UNPARK", """
WITH free AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ids)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS ids ON queuectl_jobs.id = ids.id
WHERE queuectl_jobs.waits_for IS NOT NULL)
 UPDATE queuectl_jobs SET waits_for=:waits_for WHERE queuectl_jobs.id IN (SELECT free.id
FROM free) RETURNING id
""", fixed={'waits_for': None})

WAITED_FOR = Statement("limits:WAITED_FOR", """
WITH RECURSIVE waited_for(name, n) AS
(SELECT min(queuectl_jobs.waits_for) AS name, 1 AS n
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for > :after_name UNION ALL SELECT (SELECT min(queuectl_jobs.waits_for) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for > waited_for.name) AS anon_1, waited_for.n + :n_1 AS anon_2
FROM waited_for
WHERE waited_for.name IS NOT NULL AND waited_for.n < :at_most)
 SELECT waited_for.name
FROM waited_for
WHERE waited_for.name IS NOT NULL
""", small=('n_1', 'at_most'), words=('after_name',), fixed={'n_1': 1})

BUCKETS_DUE = Statement("limits:BUCKETS_DUE", """
SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate, queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets
WHERE queuectl_buckets.due_at IS NOT NULL AND queuectl_buckets.due_at <= :now AND queuectl_buckets.name LIKE 'rate:%' ORDER BY queuectl_buckets.due_at
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

SAVE_BUCKETS = Statement("limits:SAVE_BUCKETS", """
UPDATE queuectl_buckets SET full_at_us=filled.full_at_us, rate=filled.rate, rate_ms=filled.rate_ms, burst=filled.burst, due_at=filled.due_at FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:filled)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name, item ->> 'full_at_us' AS full_at_us, item ->> 'rate' AS rate, item ->> 'rate_ms' AS rate_ms, item ->> 'burst' AS burst, item ->> 'due_at' AS due_at FROM items) SELECT * FROM parsed) AS filled WHERE queuectl_buckets.name = filled.name RETURNING name
""")

ADD_BUCKETS = Statement("limits:ADD_BUCKETS", """
INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT filled.name, filled.full_at_us, filled.rate, filled.rate_ms, filled.burst, filled.due_at
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:filled)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name, item ->> 'full_at_us' AS full_at_us, item ->> 'rate' AS rate, item ->> 'rate_ms' AS rate_ms, item ->> 'burst' AS burst, item ->> 'due_at' AS due_at FROM items) SELECT * FROM parsed) AS filled
""")

FORGET_BUCKETS = Statement("limits:FORGET_BUCKETS", """
DELETE FROM queuectl_buckets WHERE queuectl_buckets.due_at IS NULL AND queuectl_buckets.full_at_us <= :now * 1000 AND queuectl_buckets.name LIKE 'rate:%'
""")
