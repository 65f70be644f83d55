SELECT (SELECT min(queuectl_jobs.run_at) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'scheduled') -
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS
    scheduled, (SELECT min(queuectl_jobs.run_at) AS min_2
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying') -
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS
    retrying, (SELECT min(queuectl_schedules.next_at) AS min_3
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0) - coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) AS recurring
