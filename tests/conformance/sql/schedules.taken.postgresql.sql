SELECT queuectl_slots.slot
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = %(of)s::BIGINT AND queuectl_slots.slot >= %(since)s::BIGINT
