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
SELECT anon_1.queue, (SELECT queuectl_jobs.priority
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1) AS priority, (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    anon_1.queue ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1) AS id, CASE WHEN (queuectl_queues.state = 'paused' OR queuectl_queues.concurrency IS NOT
    NULL OR queuectl_queues.rate IS NOT NULL OR (EXISTS (SELECT 1
FROM queuectl_jobs AS others
WHERE others.state = 'pending' AND others.waits_for IS NULL AND others.guarded = 1 AND others.queue
    = anon_1.queue))) THEN 1 ELSE 0 END AS needs_admission, NOT (NOT ((EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.guarded
    = 1)) OR (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.state != 'paused' AND (queuectl_queues.concurrency IS NOT NULL OR
    queuectl_queues.rate IS NOT NULL) AND (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    queuectl_queues.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1) IS NOT NULL)))) AS limited
FROM anon_1 LEFT OUTER JOIN queuectl_queues ON queuectl_queues.name = anon_1.queue
WHERE anon_1.queue IS NOT NULL AND coalesce(queuectl_queues.state, 'active') != 'paused'
