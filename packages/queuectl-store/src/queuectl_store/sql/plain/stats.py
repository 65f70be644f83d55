"""The statements of stats.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

OLDEST_PENDING = Statement("stats:OLDEST_PENDING", """
SELECT min(queuectl_jobs.created_at) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL
""")

EVENTS_A_DAY = Statement("stats:EVENTS_A_DAY", """
SELECT queuectl_events.at - queuectl_events.at % 86400000 AS day, count(*) AS n
FROM queuectl_events
WHERE queuectl_events.at >= :since GROUP BY day ORDER BY day
""", whole=('since',))
