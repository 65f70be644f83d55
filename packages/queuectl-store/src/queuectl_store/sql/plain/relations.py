"""The statements of relations.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

LOCK_PARENTS = Statement("relations:LOCK_PARENTS", """
SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parents)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS parents) ORDER BY queuectl_jobs.id
""")

MARK_PARENTS = Statement("relations:MARK_PARENTS", """
UPDATE queuectl_jobs SET has_children=1 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parents)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS parents) AND queuectl_jobs.has_children = 0
""")

WRITE_EDGES = Statement("relations:WRITE_EDGES", """
INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met) SELECT edges.child_id, edges.clause, edges.parent_id, edges.needs, edges.met
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:edges)), parsed AS MATERIALIZED (SELECT item ->> 'child_id' AS child_id, item ->> 'clause' AS clause, item ->> 'parent_id' AS parent_id, item ->> 'needs' AS needs, item ->> 'met' AS met FROM items) SELECT * FROM parsed) AS edges
""")

DUE_PARENTS = Statement("relations:DUE_PARENTS", """
SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1 ORDER BY queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

ANY_DUE = Statement("relations:ANY_DUE", """
SELECT EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1) AS anon_1
""")

MAKE_DUE = Statement("relations:MAKE_DUE", """
UPDATE queuectl_jobs SET children_due=1 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parents)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS parents)
""")

CLEAR_DUE = Statement("relations:CLEAR_DUE", """
UPDATE queuectl_jobs SET children_due=0 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:parents)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS parents) AND queuectl_jobs.children_due = 1
""")

STALE_EDGES = Statement("relations:STALE_EDGES", """
SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause, queuectl_dependencies.parent_id, queuectl_dependencies.needs, stale.truth AS met
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:stale)), parsed AS MATERIALIZED (SELECT item ->> 'parent_id' AS parent_id, item ->> 'needs' AS needs, item ->> 'met' AS met, item ->> 'truth' AS truth FROM items) SELECT * FROM parsed) AS stale JOIN queuectl_dependencies ON queuectl_dependencies.parent_id = stale.parent_id AND queuectl_dependencies.needs = stale.needs AND queuectl_dependencies.met = stale.met
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

LOCK_CHILDREN = Statement("relations:LOCK_CHILDREN", """
SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure, queuectl_jobs.cancelled_for, queuectl_jobs.unique_slot, EXISTS (SELECT 1
FROM queuectl_jobs AS rivals
WHERE rivals.unique_slot = queuectl_jobs.unique_slot AND rivals.unique_live = 1 AND rivals.id != queuectl_jobs.id) AS is_taken
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT children.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:children)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS children) AND (queuectl_jobs.unmet > 0 AND queuectl_jobs.state IN ('blocked', 'held') OR queuectl_jobs.cancelled_for IS NOT NULL) ORDER BY queuectl_jobs.id
""")

CLAUSES = Statement("relations:CLAUSES", """
SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause, queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:touched)), parsed AS MATERIALIZED (SELECT item ->> 'child_id' AS child_id, item ->> 'clause' AS clause FROM items) SELECT * FROM parsed) AS touched JOIN queuectl_dependencies ON queuectl_dependencies.child_id = touched.child_id AND queuectl_dependencies.clause = touched.clause
""")

EDGES_OF = Statement("relations:EDGES_OF", """
SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause, queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM queuectl_dependencies
WHERE queuectl_dependencies.child_id IN (SELECT children.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:children)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS children)
""")

TELL_EDGES = Statement("relations:TELL_EDGES", """
UPDATE queuectl_dependencies SET met=edges.met FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:edges)), parsed AS MATERIALIZED (SELECT item ->> 'child_id' AS child_id, item ->> 'clause' AS clause, item ->> 'parent_id' AS parent_id, item ->> 'needs' AS needs, item ->> 'met' AS met FROM items) SELECT * FROM parsed) AS edges WHERE queuectl_dependencies.child_id = edges.child_id AND queuectl_dependencies.clause = edges.clause AND queuectl_dependencies.parent_id = edges.parent_id AND queuectl_dependencies.needs = edges.needs
""")

SETTLES: dict[str, Statement] = {
    "cancel": Statement("relations:SETTLES.cancel", """
UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE queuectl_jobs.unique_live END, unmet=settled.unmet, cancelled_for=settled.cancelled_for, children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, pending_at=:now, note=settled.note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'waits_for': None}),
    "hold": Statement("relations:SETTLES.hold", """
UPDATE queuectl_jobs SET state='held', unmet=settled.unmet, cancelled_for=settled.cancelled_for, was=queuectl_jobs.state, pending_at=:now, note=settled.note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state IN ('blocked', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt, children_due, group_id, queue, task, was
"""),
    "release": Statement("relations:SETTLES.release", """
UPDATE queuectl_jobs SET state=CASE WHEN (settled.unmet > 0) THEN 'blocked' WHEN (queuectl_jobs.run_at > :now) THEN 'scheduled' ELSE 'pending' END, unmet=settled.unmet, cancelled_for=settled.cancelled_for, was=queuectl_jobs.state, pending_at=:now, note=:note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state = 'held' RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'note': None}),
    "block": Statement("relations:SETTLES.block", """
UPDATE queuectl_jobs SET state='blocked', finished_at=:finished_at, unique_live=CASE WHEN (queuectl_jobs.unique_slot IS NULL) THEN 0 ELSE 1 END, unmet=settled.unmet, cancelled_for=settled.cancelled_for, children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, pending_at=:now, note=:note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state = 'cancelled' RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'finished_at': None, 'note': None}),
    "unblock": Statement("relations:SETTLES.unblock", """
UPDATE queuectl_jobs SET state=CASE WHEN (queuectl_jobs.run_at > :now) THEN 'scheduled' ELSE 'pending' END, unmet=settled.unmet, cancelled_for=settled.cancelled_for, was=queuectl_jobs.state, pending_at=:now, note=:note FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state = 'blocked' RETURNING id, state, attempt, children_due, group_id, queue, task, was
""", fixed={'note': None}),
}

TRACK = Statement("relations:TRACK", """
UPDATE queuectl_jobs SET unmet=settled.unmet, cancelled_for=settled.cancelled_for, note=coalesce(settled.note, queuectl_jobs.note) FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items) SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id
""")
