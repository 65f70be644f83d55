"""The statements of relations.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

EDGES_OF = Statement("relations:EDGES_OF", """
SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause, queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM queuectl_dependencies
WHERE queuectl_dependencies.child_id IN (SELECT children.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:children)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS children)
""")
