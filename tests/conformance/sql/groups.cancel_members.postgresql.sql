WITH some_waiting AS MATERIALIZED
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = %(group)s::BIGINT AND queuectl_jobs.state IN ('blocked', 'held',
    'pending', 'retrying', 'scheduled')
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED)
UPDATE queuectl_jobs SET state='cancelled', finished_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch
    FROM clock_timestamp()) * 1000 AS BIGINT)), waits_for=%(waits_for)s::VARCHAR, unique_live=CASE
    WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <=
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) THEN 0
    ELSE queuectl_jobs.unique_live END, cancelled_for=%(cancelled_for)s::BIGINT,
    children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, note=%(because)s::VARCHAR
    WHERE queuectl_jobs.id IN (SELECT some_waiting.id
FROM some_waiting) RETURNING queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt,
    queuectl_jobs.children_due, queuectl_jobs.group_id, queuectl_jobs.queue, queuectl_jobs.task,
    queuectl_jobs.was
