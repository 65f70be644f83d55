"""The statements of stories.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

JOBS = Statement("stories:JOBS", """
SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt, queuectl_jobs.token
FROM queuectl_jobs
WHERE queuectl_jobs.id > :after ORDER BY queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", whole=('after', 'at_most'), fixed={'param_1': 0})

EVENTS = Statement("stories:EVENTS", """
SELECT queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt
FROM queuectl_events
WHERE queuectl_events.job_id BETWEEN :first AND :last ORDER BY queuectl_events.job_id, queuectl_events.id
""", whole=('first', 'last'))

ATTEMPTS = Statement("stories:ATTEMPTS", """
SELECT queuectl_attempts.job_id, count(*) AS n
FROM queuectl_attempts
WHERE queuectl_attempts.job_id BETWEEN :first AND :last GROUP BY queuectl_attempts.job_id ORDER BY queuectl_attempts.job_id
""", whole=('first', 'last'))
