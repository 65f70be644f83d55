WITH best AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of_bucket ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT :at_most OFFSET :param_1)
UPDATE queuectl_jobs SET waits_for=:waits_for WHERE queuectl_jobs.id IN (SELECT best.id
FROM best) RETURNING id
