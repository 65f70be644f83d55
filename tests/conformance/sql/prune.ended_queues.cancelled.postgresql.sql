WITH RECURSIVE anon_1(queue) AS
(SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' UNION ALL SELECT (SELECT min(queuectl_jobs.queue) AS queue
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'cancelled' AND queuectl_jobs.queue > anon_1.queue) AS anon_2
FROM anon_1
WHERE anon_1.queue IS NOT NULL)
SELECT anon_1.queue
FROM anon_1
WHERE anon_1.queue IS NOT NULL
