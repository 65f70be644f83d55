WITH RECURSIVE heads(id, queue, priority, created_at, run_at, pending_at) AS
(SELECT queuectl_jobs.id AS id, queuectl_jobs.queue AS queue, queuectl_jobs.priority AS priority,
    queuectl_jobs.created_at AS created_at, queuectl_jobs.run_at AS run_at, queuectl_jobs.pending_at
    AS pending_at
FROM queuectl_jobs
WHERE queuectl_jobs.id = (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL ORDER BY
    queuectl_jobs.queue, queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1) UNION ALL SELECT queuectl_jobs.id AS id, queuectl_jobs.queue AS queue,
    queuectl_jobs.priority AS priority, queuectl_jobs.created_at AS created_at, queuectl_jobs.run_at
    AS run_at, queuectl_jobs.pending_at AS pending_at
FROM heads JOIN queuectl_jobs ON queuectl_jobs.id = coalesce((SELECT "of".id
FROM queuectl_jobs AS "of"
WHERE "of".state = 'pending' AND "of".waits_for IS NULL AND "of".queue = heads.queue AND
    "of".priority < heads.priority ORDER BY "of".queue, "of".priority DESC, "of".id
LIMIT 1), (SELECT "of".id
FROM queuectl_jobs AS "of"
WHERE "of".state = 'pending' AND "of".waits_for IS NULL AND "of".queue > heads.queue ORDER BY
    "of".queue, "of".priority DESC, "of".id
LIMIT 1)))
SELECT heads.queue, heads.created_at, heads.run_at, heads.pending_at, coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS now
FROM heads
