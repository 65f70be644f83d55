DELETE FROM queuectl_slots WHERE queuectl_slots.schedule_id = %(of)s::BIGINT AND queuectl_slots.slot
    <= (SELECT queuectl_slots.slot
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = %(of)s::BIGINT ORDER BY queuectl_slots.slot DESC
LIMIT 1 OFFSET %(keep)s::INTEGER)
