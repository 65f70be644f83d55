INSERT INTO queuectl_schedules (name, cron, every_ms, tz, job, missed, window_ms, overlap, next_at,
    created_at) VALUES (%(name)s::VARCHAR, %(cron)s::VARCHAR, %(every_ms)s::BIGINT, %(tz)s::VARCHAR,
    %(job)s::VARCHAR, %(missed)s::VARCHAR, %(window_ms)s::BIGINT, %(overlap)s::VARCHAR,
    %(next_at)s::BIGINT, %(created_at)s::BIGINT) RETURNING queuectl_schedules.id,
    queuectl_schedules.name, queuectl_schedules.cron, queuectl_schedules.every_ms,
    queuectl_schedules.tz, queuectl_schedules.job, queuectl_schedules.missed,
    queuectl_schedules.window_ms, queuectl_schedules.overlap, queuectl_schedules.paused,
    queuectl_schedules.revision, queuectl_schedules.next_at, queuectl_schedules.last_slot,
    queuectl_schedules.last_fired_at, queuectl_schedules.last_job_id, queuectl_schedules.created_at
