UPDATE queuectl_schedules SET cron=:new_cron, every_ms=:new_every_ms, tz=:new_tz, job=:new_job,
    missed=:new_missed, window_ms=:new_window_ms, overlap=:new_overlap,
    revision=(queuectl_schedules.revision + 1), next_at=:new_next_at WHERE queuectl_schedules.id =
    :of RETURNING id, name, cron, every_ms, tz, job, missed, window_ms, overlap, paused, revision,
    next_at, last_slot, last_fired_at, last_job_id, created_at
