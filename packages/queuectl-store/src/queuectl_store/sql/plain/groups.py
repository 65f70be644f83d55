"""The statements of groups.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

GROUPS_BY_NAME = Statement("groups:GROUPS_BY_NAME", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt, queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish, queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.name IN (SELECT names.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names)
""")

ALL_GROUPS = Statement("groups:ALL_GROUPS", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt, queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish, queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.id < :before ORDER BY queuectl_groups.id DESC
 LIMIT :at_most OFFSET :param_1
""", whole=('before',), small=('at_most',), fixed={'param_1': 0})

COUNTS = Statement("groups:COUNTS", """
SELECT queuectl_jobs.group_id, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups) GROUP BY queuectl_jobs.group_id, queuectl_jobs.state
""")
