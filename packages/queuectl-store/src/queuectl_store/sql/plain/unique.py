"""The statements of unique.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

TAKE_TURNS = Statement("unique:TAKE_TURNS", """
SELECT NULL AS anon_1
""")

FREE_EXPIRED = Statement("unique:FREE_EXPIRED", """
UPDATE queuectl_jobs SET unique_live=:unique_live WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IN (SELECT taken_slots.slot
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:taken_slots)), parsed AS MATERIALIZED (SELECT item ->> 'slot' AS slot FROM items) SELECT * FROM parsed) AS taken_slots) AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded') AND queuectl_jobs.unique_until <= :now
""", fixed={'unique_live': 0})

HOLDERS = Statement("unique:HOLDERS", """
SELECT queuectl_jobs.id, queuectl_jobs.unique_slot, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IN (SELECT taken_slots.slot
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:taken_slots)), parsed AS MATERIALIZED (SELECT item ->> 'slot' AS slot FROM items) SELECT * FROM parsed) AS taken_slots)
""")
