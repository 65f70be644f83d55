"""The statements of queues.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ADD_QUEUE = Statement("queues:ADD_QUEUE", """
INSERT INTO queuectl_queues (name) SELECT CAST(:of AS TEXT) AS anon_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :of))
""", words=('of',))

SET_LIMITS = Statement("queues:SET_LIMITS", """
UPDATE queuectl_queues SET concurrency=:to_concurrency, key_concurrency=:to_key_concurrency, rate=:to_rate, rate_ms=:to_rate_ms, rate_burst=:to_rate_burst, key_rate=:to_key_rate, key_rate_ms=:to_key_rate_ms, key_rate_burst=:to_key_rate_burst WHERE queuectl_queues.name = :of RETURNING name
""", whole=('to_concurrency', 'to_key_concurrency', 'to_rate', 'to_rate_ms', 'to_rate_burst', 'to_key_rate', 'to_key_rate_ms', 'to_key_rate_burst'), words=('of',))

SET_STATE = Statement("queues:SET_STATE", """
UPDATE queuectl_queues SET state=:to WHERE queuectl_queues.name = :of RETURNING name
""", words=('to', 'of'))

HURRY_BUCKETS = Statement("queues:HURRY_BUCKETS", """
UPDATE queuectl_buckets SET due_at=:now WHERE queuectl_buckets.due_at IS NOT NULL AND substr(queuectl_buckets.name, 1, length(:prefix)) = :prefix
""", words=('prefix',))

RESOURCE = Statement("queues:RESOURCE", """
SELECT queuectl_resources.capacity
FROM queuectl_resources
WHERE queuectl_resources.name = :of
""", words=('of',))

SET_RESOURCE = Statement("queues:SET_RESOURCE", """
UPDATE queuectl_resources SET capacity=:to WHERE queuectl_resources.name = :of RETURNING name
""", small=('to',), words=('of',))

ADD_RESOURCE = Statement("queues:ADD_RESOURCE", """
INSERT INTO queuectl_resources (name, capacity) VALUES (:name, :capacity)
""")

REMOVE_RESOURCE = Statement("queues:REMOVE_RESOURCE", """
DELETE FROM queuectl_resources WHERE queuectl_resources.name = :of RETURNING name
""", words=('of',))

LET_ALL_GO = Statement("queues:LET_ALL_GO", """
UPDATE queuectl_jobs SET waits_for=:waits_for WHERE queuectl_jobs.waits_for IN (:one, :other)
""", fixed={'waits_for': None})

PARKED = Statement("queues:PARKED", """
SELECT queuectl_jobs.queue, :now - min(queuectl_jobs.created_at) AS age, count(*) AS parked
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NOT NULL GROUP BY queuectl_jobs.queue
""")

ALLOTTED = Statement("queues:ALLOTTED", """
SELECT queuectl_jobs.allotted
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.allotted IS NOT NULL
""")

WAITING_COUNTS = Statement("queues:WAITING_COUNTS", """
SELECT queuectl_jobs.waits_for, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND (queuectl_jobs.waits_for LIKE 'resource:%' OR queuectl_jobs.waits_for LIKE 'missing:%') GROUP BY queuectl_jobs.waits_for
""")
