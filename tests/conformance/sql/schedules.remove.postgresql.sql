DELETE FROM queuectl_schedules WHERE queuectl_schedules.name = %(of)s::VARCHAR RETURNING
    queuectl_schedules.id
