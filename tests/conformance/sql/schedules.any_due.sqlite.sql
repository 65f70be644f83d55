SELECT EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at <= :now) AS anon_1
