"""The statements of prune.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

QUEUE_SETTINGS = Statement("prune:QUEUE_SETTINGS", """
SELECT queuectl_queues.name, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.settings IS NOT NULL
""")

ENDED_QUEUES: dict[str, Statement] = {
    "cancelled": Statement("prune:ENDED_QUEUES.cancelled", """
WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' UNION ALL SELECT (SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' AND queuectl_jobs.queue > anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL)
 SELECT anon_1.queue
FROM anon_1
WHERE anon_1.queue IS NOT NULL
"""),
    "dead": Statement("prune:ENDED_QUEUES.dead", """
WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' UNION ALL SELECT (SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue > anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL)
 SELECT anon_1.queue
FROM anon_1
WHERE anon_1.queue IS NOT NULL
"""),
    "succeeded": Statement("prune:ENDED_QUEUES.succeeded", """
WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' UNION ALL SELECT (SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' AND queuectl_jobs.queue > anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL)
 SELECT anon_1.queue
FROM anon_1
WHERE anon_1.queue IS NOT NULL
"""),
}

ENDED: dict[str, Statement] = {
    "cancelled": Statement("prune:ENDED.cancelled", """
SELECT queuectl_jobs.id, queuectl_jobs.finished_at
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (:to_at, :to_id) ORDER BY queuectl_jobs.finished_at, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", whole=('from_at', 'to_at', 'from_id', 'to_id'), small=('at_most',), words=('of_queue',), fixed={'param_1': 0}),
    "dead": Statement("prune:ENDED.dead", """
SELECT queuectl_jobs.id, queuectl_jobs.finished_at
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (:to_at, :to_id) ORDER BY queuectl_jobs.finished_at, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", whole=('from_at', 'to_at', 'from_id', 'to_id'), small=('at_most',), words=('of_queue',), fixed={'param_1': 0}),
    "succeeded": Statement("prune:ENDED.succeeded", """
SELECT queuectl_jobs.id, queuectl_jobs.finished_at
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (:to_at, :to_id) ORDER BY queuectl_jobs.finished_at, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", whole=('from_at', 'to_at', 'from_id', 'to_id'), small=('at_most',), words=('of_queue',), fixed={'param_1': 0}),
}

NTH: dict[str, Statement] = {
    "cancelled": Statement("prune:NTH.cancelled", """
SELECT queuectl_jobs.finished_at, queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' AND queuectl_jobs.queue = :of_queue ORDER BY queuectl_jobs.finished_at DESC, queuectl_jobs.id DESC
 LIMIT 1 OFFSET :kept
""", whole=('kept',), words=('of_queue',)),
    "dead": Statement("prune:NTH.dead", """
SELECT queuectl_jobs.finished_at, queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue = :of_queue ORDER BY queuectl_jobs.finished_at DESC, queuectl_jobs.id DESC
 LIMIT 1 OFFSET :kept
""", whole=('kept',), words=('of_queue',)),
    "succeeded": Statement("prune:NTH.succeeded", """
SELECT queuectl_jobs.finished_at, queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' AND queuectl_jobs.queue = :of_queue ORDER BY queuectl_jobs.finished_at DESC, queuectl_jobs.id DESC
 LIMIT 1 OFFSET :kept
""", whole=('kept',), words=('of_queue',)),
}

COUNT: dict[str, Statement] = {
    "cancelled": Statement("prune:COUNT.cancelled", """
SELECT count(*) AS jobs, coalesce(sum((SELECT count(*) AS count_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS attempts, coalesce(sum((SELECT sum(queuectl_attempts.log_bytes) AS sum_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS log_bytes
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (:to_at, :to_id) AND queuectl_jobs.children_due = 0 AND (queuectl_jobs.has_children = 0 OR NOT (EXISTS (SELECT 1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled', 'dead', 'succeeded'))))) AND (queuectl_jobs.group_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL))) AND NOT (EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id)) AND (queuectl_jobs.unique_live = 0 OR queuectl_jobs.unique_until IS NOT NULL AND (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now))
""", whole=('from_at', 'to_at', 'from_id', 'to_id'), words=('of_queue',)),
    "dead": Statement("prune:COUNT.dead", """
SELECT count(*) AS jobs, coalesce(sum((SELECT count(*) AS count_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS attempts, coalesce(sum((SELECT sum(queuectl_attempts.log_bytes) AS sum_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS log_bytes
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (:to_at, :to_id) AND queuectl_jobs.children_due = 0 AND (queuectl_jobs.has_children = 0 OR NOT (EXISTS (SELECT 1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled', 'dead', 'succeeded'))))) AND (queuectl_jobs.group_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL))) AND NOT (EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id)) AND (queuectl_jobs.unique_live = 0 OR queuectl_jobs.unique_until IS NOT NULL AND (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now))
""", whole=('from_at', 'to_at', 'from_id', 'to_id'), words=('of_queue',)),
    "succeeded": Statement("prune:COUNT.succeeded", """
SELECT count(*) AS jobs, coalesce(sum((SELECT count(*) AS count_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS attempts, coalesce(sum((SELECT sum(queuectl_attempts.log_bytes) AS sum_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS log_bytes
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <= (:to_at, :to_id) AND queuectl_jobs.children_due = 0 AND (queuectl_jobs.has_children = 0 OR NOT (EXISTS (SELECT 1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled', 'dead', 'succeeded'))))) AND (queuectl_jobs.group_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL))) AND NOT (EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id)) AND (queuectl_jobs.unique_live = 0 OR queuectl_jobs.unique_until IS NOT NULL AND (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now))
""", whole=('from_at', 'to_at', 'from_id', 'to_id'), words=('of_queue',)),
}

LOCK = Statement("prune:LOCK", """
SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.children_due
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) ORDER BY queuectl_jobs.id
""")

NEEDS = Statement("prune:NEEDS", """
SELECT queuectl_jobs.id, queuectl_jobs.state, (SELECT min(child.id) AS min_1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled', 'dead', 'succeeded'))) AS child_id, (SELECT queuectl_groups.name
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL) AS open_group, (SELECT min(queuectl_schedules.name) AS min_2
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id) AS schedule, queuectl_jobs.unique_live, queuectl_jobs.unique_key, queuectl_jobs.unique_until
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed)
""")

DELETE_JOBS = Statement("prune:DELETE_JOBS", """
DELETE FROM queuectl_jobs WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) AND queuectl_jobs.state IN ('succeeded', 'dead', 'cancelled') AND queuectl_jobs.children_due = 0 AND (queuectl_jobs.has_children = 0 OR NOT (EXISTS (SELECT 1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled', 'dead', 'succeeded'))))) AND (queuectl_jobs.group_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL))) AND NOT (EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id)) AND (queuectl_jobs.unique_live = 0 OR queuectl_jobs.unique_until IS NOT NULL AND (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now)) RETURNING id, queue, task, state
""")

DELETE_ATTEMPTS = Statement("prune:DELETE_ATTEMPTS", """
DELETE FROM queuectl_attempts WHERE queuectl_attempts.job_id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed)
""")

DELETE_EVENTS = Statement("prune:DELETE_EVENTS", """
DELETE FROM queuectl_events WHERE queuectl_events.job_id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) RETURNING tx, id
""")

DELETE_OUTPUT = Statement("prune:DELETE_OUTPUT", """
DELETE FROM queuectl_output WHERE queuectl_output.job_id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed)
""")

DELETE_EDGES = Statement("prune:DELETE_EDGES", """
DELETE FROM queuectl_dependencies WHERE queuectl_dependencies.child_id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed)
""")

DELETE_OLD_EVENTS = Statement("prune:DELETE_OLD_EVENTS", """
DELETE FROM queuectl_events WHERE queuectl_events.id IN (SELECT oldest.id
FROM (SELECT queuectl_events.id AS id, queuectl_events.at AS at
FROM queuectl_events ORDER BY queuectl_events.id
 LIMIT :at_most OFFSET :param_1) AS oldest
WHERE oldest.at < :before) RETURNING tx, id
""", whole=('before',), small=('at_most',), fixed={'param_1': 0})

COUNT_OLD_EVENTS = Statement("prune:COUNT_OLD_EVENTS", """
SELECT count(*) AS count_1
FROM queuectl_events
WHERE queuectl_events.at < :before
""", whole=('before',))

UNUSED_ENVIRONMENTS = Statement("prune:UNUSED_ENVIRONMENTS", """
SELECT queuectl_environments.id
FROM queuectl_environments
WHERE queuectl_environments.id > :from_id AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) ORDER BY queuectl_environments.id
 LIMIT :at_most OFFSET :param_1
""", whole=('from_id',), small=('at_most',), fixed={'param_1': 0})

DELETE_ENVIRONMENTS = Statement("prune:DELETE_ENVIRONMENTS", """
DELETE FROM queuectl_environments WHERE queuectl_environments.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) RETURNING id
""")

DELETE_WORKERS = Statement("prune:DELETE_WORKERS", """
DELETE FROM queuectl_workers WHERE queuectl_workers.state IN ('gone', 'stopped') AND queuectl_workers.seen_at < :before AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id)) RETURNING id
""", whole=('before',))

DELETE_GROUPS = Statement("prune:DELETE_GROUPS", """
DELETE FROM queuectl_groups WHERE queuectl_groups.finished_at < :before AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IS NOT NULL AND queuectl_jobs.group_id = queuectl_groups.id)) RETURNING id
""", whole=('before',))
