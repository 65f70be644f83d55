DELETE FROM queuectl_schedules WHERE queuectl_schedules.name = :of RETURNING id
