DELETE FROM queuectl_slots WHERE queuectl_slots.schedule_id = :of AND queuectl_slots.slot <= (SELECT
    queuectl_slots.slot
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = :of ORDER BY queuectl_slots.slot DESC
LIMIT 1 OFFSET :keep)
