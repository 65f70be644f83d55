WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL UNION ALL SELECT (SELECT
    min(queuectl_jobs.queue) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue >
    anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL)
SELECT queuectl_jobs.queue, queuectl_jobs.priority, queuectl_jobs.id
FROM anon_1 JOIN queuectl_jobs ON queuectl_jobs.id = (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1)
WHERE anon_1.queue IS NOT NULL
