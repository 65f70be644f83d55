"""The statements of queues.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

OLDEST_PENDING = Statement("queues:OLDEST_PENDING", """
SELECT queuectl_jobs.queue, :now - min(queuectl_jobs.created_at) AS age, count(queuectl_jobs.waits_for) AS parked
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' GROUP BY queuectl_jobs.queue
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
