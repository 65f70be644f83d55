UPDATE queuectl_schedules SET paused=:is_paused, next_at=:from_at WHERE queuectl_schedules.id = :of
    RETURNING id, name, cron, every_ms, tz, job, missed, window_ms, overlap, paused, revision,
    next_at, last_slot, last_fired_at, last_job_id, created_at
