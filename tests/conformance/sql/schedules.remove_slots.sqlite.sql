DELETE FROM queuectl_slots WHERE queuectl_slots.schedule_id = :of
