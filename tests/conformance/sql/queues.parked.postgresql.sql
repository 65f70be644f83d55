SELECT queuectl_jobs.queue, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) *
    1000 AS BIGINT)) - min(queuectl_jobs.created_at) AS age, count(*) AS parked
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NOT NULL GROUP BY
    queuectl_jobs.queue
