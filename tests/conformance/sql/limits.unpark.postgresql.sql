WITH free AS MATERIALIZED
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs JOIN json_to_recordset(CAST(%(ids)s::VARCHAR AS JSON)) AS ids(id BIGINT) ON
    queuectl_jobs.id = ids.id
WHERE queuectl_jobs.waits_for IS NOT NULL FOR UPDATE OF queuectl_jobs SKIP LOCKED)
UPDATE queuectl_jobs SET waits_for=%(waits_for)s::VARCHAR WHERE queuectl_jobs.id IN (SELECT free.id
FROM free) RETURNING queuectl_jobs.id
