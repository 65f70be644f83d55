WITH due AS MATERIALIZED
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.run_at <=
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) ORDER BY
    queuectl_jobs.state, queuectl_jobs.run_at
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED)
UPDATE queuectl_jobs SET state='pending', was=queuectl_jobs.state WHERE queuectl_jobs.id IN (SELECT
    due.id
FROM due) RETURNING queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt,
    queuectl_jobs.queue, queuectl_jobs.task, queuectl_jobs.was
