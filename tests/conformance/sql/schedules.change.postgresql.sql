UPDATE queuectl_schedules SET cron=%(new_cron)s::VARCHAR, every_ms=%(new_every_ms)s::BIGINT,
    tz=%(new_tz)s::VARCHAR, job=%(new_job)s::VARCHAR, missed=%(new_missed)s::VARCHAR,
    window_ms=%(new_window_ms)s::BIGINT, overlap=%(new_overlap)s::VARCHAR,
    revision=(queuectl_schedules.revision + 1), next_at=%(new_next_at)s::BIGINT WHERE
    queuectl_schedules.id = %(of)s::BIGINT RETURNING queuectl_schedules.id, queuectl_schedules.name,
    queuectl_schedules.cron, queuectl_schedules.every_ms, queuectl_schedules.tz,
    queuectl_schedules.job, queuectl_schedules.missed, queuectl_schedules.window_ms,
    queuectl_schedules.overlap, queuectl_schedules.paused, queuectl_schedules.revision,
    queuectl_schedules.next_at, queuectl_schedules.last_slot, queuectl_schedules.last_fired_at,
    queuectl_schedules.last_job_id, queuectl_schedules.created_at
