"""The statements of replays.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

TOUCH = Statement("replays:TOUCH", """
UPDATE queuectl_buckets SET due_at=coalesce(queuectl_buckets.due_at, :now) WHERE queuectl_buckets.name = :of_bucket RETURNING name
""", words=('of_bucket',))

ADD = Statement("replays:ADD", """
INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT :of_bucket AS anon_1, 0, :count AS anon_2, :per AS anon_3, :at_once AS anon_4, :now AS anon_5
""", whole=('per',), small=('count', 'at_once'), words=('of_bucket',))

DUE = Statement("replays:DUE", """
SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate, queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at, :now AS now
FROM queuectl_buckets
WHERE queuectl_buckets.due_at IS NOT NULL AND queuectl_buckets.due_at <= :now AND queuectl_buckets.name LIKE 'replay:%' ORDER BY queuectl_buckets.name
""")

LET_OUT = Statement("replays:LET_OUT", """
WITH best AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of_bucket ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1)
 UPDATE queuectl_jobs SET waits_for=:waits_for WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING id
""", small=('at_most',), words=('of_bucket',), fixed={'waits_for': None, 'param_1': 0})

ANY_LEFT = Statement("replays:ANY_LEFT", """
SELECT EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of_bucket) AS anon_1
""", words=('of_bucket',))

FILL = Statement("replays:FILL", """
UPDATE queuectl_buckets SET full_at_us=:full_at, due_at=:next_at WHERE queuectl_buckets.name = :of_bucket
""", whole=('full_at', 'next_at'), words=('of_bucket',))

FORGET = Statement("replays:FORGET", """
DELETE FROM queuectl_buckets WHERE queuectl_buckets.name = :of_bucket
""", words=('of_bucket',))
