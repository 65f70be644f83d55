SELECT queuectl_schedules.id, queuectl_schedules.name, queuectl_schedules.cron,
    queuectl_schedules.every_ms, queuectl_schedules.tz, queuectl_schedules.job,
    queuectl_schedules.missed, queuectl_schedules.window_ms, queuectl_schedules.overlap,
    queuectl_schedules.paused, queuectl_schedules.revision, queuectl_schedules.next_at,
    queuectl_schedules.last_slot, queuectl_schedules.last_fired_at, queuectl_schedules.last_job_id,
    queuectl_schedules.created_at, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) AS now
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at <= coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) ORDER BY
    queuectl_schedules.next_at
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED
