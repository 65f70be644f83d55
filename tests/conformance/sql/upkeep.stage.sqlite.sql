WITH due AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.run_at <= :now ORDER BY
    queuectl_jobs.state, queuectl_jobs.run_at
LIMIT :at_most OFFSET :param_1)
UPDATE queuectl_jobs SET state='pending', was=queuectl_jobs.state WHERE queuectl_jobs.id IN (SELECT
    due.id
FROM due) RETURNING id, state, attempt, queue, task, was
