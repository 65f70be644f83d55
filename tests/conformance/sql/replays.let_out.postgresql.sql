WITH best AS MATERIALIZED
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = %(of_bucket)s::VARCHAR ORDER BY queuectl_jobs.priority DESC,
    queuectl_jobs.id
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED)
UPDATE queuectl_jobs SET waits_for=%(waits_for)s::VARCHAR WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING queuectl_jobs.id
