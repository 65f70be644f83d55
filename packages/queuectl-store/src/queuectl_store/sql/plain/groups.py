"""The statements of groups.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ADD_GROUPS = Statement("groups:ADD_GROUPS", """
INSERT INTO queuectl_groups (name, concurrency, halt, sealed, on_finish, created_at) SELECT new_groups.name, new_groups.concurrency, new_groups.halt, new_groups.sealed, new_groups.on_finish, :now AS anon_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_groups)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name, item ->> 'concurrency' AS concurrency, item ->> 'halt' AS halt, item ->> 'sealed' AS sealed, item ->> 'on_finish' AS on_finish FROM items) SELECT * FROM parsed) AS new_groups
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.name = new_groups.name))
""")

LOCK_GROUPS_BY_NAME = Statement("groups:LOCK_GROUPS_BY_NAME", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt, queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish, queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.name IN (SELECT names.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names) ORDER BY queuectl_groups.id
""")

LOCK_GROUPS = Statement("groups:LOCK_GROUPS", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt, queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish, queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups) ORDER BY queuectl_groups.id
""")

SEAL_GROUPS = Statement("groups:SEAL_GROUPS", """
UPDATE queuectl_groups SET sealed=1 WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups)
""")

SET_ON_FINISH = Statement("groups:SET_ON_FINISH", """
UPDATE queuectl_groups SET on_finish=:last_job WHERE queuectl_groups.id = :group
""", whole=('group',), words=('last_job',))

OPEN_GROUPS = Statement("groups:OPEN_GROUPS", """
SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups) AND (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'running', 'scheduled')))
""")

END_GROUP = Statement("groups:END_GROUP", """
UPDATE queuectl_groups SET finish_job_id=coalesce(queuectl_groups.finish_job_id, :finish_job), finished_at=:now WHERE queuectl_groups.id = :group
""", whole=('finish_job', 'group'))

REOPEN_GROUP = Statement("groups:REOPEN_GROUP", """
UPDATE queuectl_groups SET finished_at=:finished_at WHERE queuectl_groups.id = :group
""", whole=('group',), fixed={'finished_at': None})

MEMBERS = Statement("groups:MEMBERS", """
SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group
""", whole=('group',))

COUNT_DEAD = Statement("groups:COUNT_DEAD", """
SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.state = 'dead'
 LIMIT :at_most OFFSET :param_1) AS counted
""", whole=('group',), small=('at_most',), fixed={'param_1': 0})

COUNT_SUCCEEDED = Statement("groups:COUNT_SUCCEEDED", """
SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.state = 'succeeded'
 LIMIT :at_most OFFSET :param_1) AS counted
""", whole=('group',), small=('at_most',), fixed={'param_1': 0})

COUNT_ENDED = Statement("groups:COUNT_ENDED", """
SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded')
 LIMIT :at_most OFFSET :param_1) AS counted
""", whole=('group',), small=('at_most',), fixed={'param_1': 0})

HALT_GROUP = Statement("groups:HALT_GROUP", """
UPDATE queuectl_groups SET halted=:because WHERE queuectl_groups.id = :group
""", whole=('group',), words=('because',))

LIFT_HALTS = Statement("groups:LIFT_HALTS", """
UPDATE queuectl_groups SET halted=:halted WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups) AND queuectl_groups.halted IS NOT NULL
""", fixed={'halted': None})

CANCEL_MEMBERS = Statement("groups:CANCEL_MEMBERS", """
WITH some_waiting AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled')
 LIMIT :at_most OFFSET :param_1)
 UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE queuectl_jobs.unique_live END, cancelled_for=:cancelled_for, children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, note=:because WHERE queuectl_jobs.id IN (SELECT some_waiting.id
FROM some_waiting) RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", whole=('group',), small=('at_most',), words=('because',), fixed={'waits_for': None, 'cancelled_for': None, 'param_1': 0})

ASK_MEMBERS_TO_STOP = Statement("groups:ASK_MEMBERS_TO_STOP", """
WITH some_running AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.cancel_requested = 0 AND queuectl_jobs.state = 'running')
 UPDATE queuectl_jobs SET cancel_requested=:cancel_requested WHERE queuectl_jobs.id IN (SELECT some_running.id
FROM some_running)
""", whole=('group',), fixed={'cancel_requested': 1})

HALTED_GROUPS = Statement("groups:HALTED_GROUPS", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.halt, queuectl_groups.halted
FROM queuectl_groups
WHERE queuectl_groups.halted IS NOT NULL AND queuectl_groups.finished_at IS NULL AND ((EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled'))) OR (queuectl_groups.halt LIKE 'now' || '%') AND (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.cancel_requested = 0 AND queuectl_jobs.state = 'running'))) ORDER BY queuectl_groups.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

ANY_HALTED = Statement("groups:ANY_HALTED", """
SELECT EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.halted IS NOT NULL AND queuectl_groups.finished_at IS NULL AND ((EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled'))) OR (queuectl_groups.halt LIKE 'now' || '%') AND (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.cancel_requested = 0 AND queuectl_jobs.state = 'running')))) AS anon_1
""")

COUNTS = Statement("groups:COUNTS", """
SELECT queuectl_jobs.group_id, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups) GROUP BY queuectl_jobs.group_id, queuectl_jobs.state
""")

ALL_GROUPS = Statement("groups:ALL_GROUPS", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt, queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish, queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.id < :before ORDER BY queuectl_groups.id DESC
 LIMIT :at_most OFFSET :param_1
""", whole=('before',), small=('at_most',), fixed={'param_1': 0})

GROUPS_BY_NAME = Statement("groups:GROUPS_BY_NAME", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt, queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish, queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.name IN (SELECT names.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names)
""")
