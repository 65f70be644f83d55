SELECT queuectl_schedules.name
FROM queuectl_schedules ORDER BY queuectl_schedules.name
