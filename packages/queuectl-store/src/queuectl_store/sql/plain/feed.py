"""The statements of feed.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

FEED = Statement("feed:FEED", """
SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note, queuectl_events.tx
FROM queuectl_events
WHERE :after_tx = 0 AND queuectl_events.id > :after_id ORDER BY queuectl_events.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

NEWEST = Statement("feed:NEWEST", """
SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note, queuectl_events.tx
FROM queuectl_events
WHERE :after_tx = 0 AND queuectl_events.id > :after_id ORDER BY queuectl_events.id DESC
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

HORIZON = Statement("feed:HORIZON", """
SELECT 1 AS anon_1
""")

END = Statement("feed:END", """
SELECT 1 - 1 AS tx, (SELECT coalesce(max(id), 0) FROM queuectl_events) AS id
""")

PRUNED = Statement("feed:PRUNED", """
SELECT queuectl_pruned.tx, queuectl_pruned.id
FROM queuectl_pruned
WHERE queuectl_pruned.name = 'events'
""")

NOTE_PRUNED = Statement("feed:NOTE_PRUNED", """
UPDATE queuectl_pruned SET tx=:to_tx, id=:to_id WHERE queuectl_pruned.name = 'events' AND (queuectl_pruned.tx, queuectl_pruned.id) < (:to_tx, :to_id) RETURNING id
""", whole=('to_tx', 'to_id'))

ADD_PRUNED = Statement("feed:ADD_PRUNED", """
INSERT INTO queuectl_pruned (name, tx, id) VALUES (:name, :tx, :id)
""")

ADOPT = Statement("feed:ADOPT", """
UPDATE queuectl_events SET tx=0 WHERE 0 = 1
""")
