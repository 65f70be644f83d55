INSERT INTO queuectl_schedules (name, cron, every_ms, tz, job, missed, window_ms, overlap, next_at,
    created_at) VALUES (:name, :cron, :every_ms, :tz, :job, :missed, :window_ms, :overlap, :next_at,
    :created_at) RETURNING id, name, cron, every_ms, tz, job, missed, window_ms, overlap, paused,
    revision, next_at, last_slot, last_fired_at, last_job_id, created_at
