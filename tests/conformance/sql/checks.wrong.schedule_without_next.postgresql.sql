SELECT queuectl_schedules.id
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at IS NULL AND
    queuectl_schedules.every_ms IS NOT NULL ORDER BY queuectl_schedules.id
LIMIT 21
