SELECT queuectl_slots.schedule_id, queuectl_slots.slot, queuectl_slots.outcome, queuectl_slots.at,
    queuectl_slots.job_id, queuectl_slots.until, queuectl_slots.note
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = :of ORDER BY queuectl_slots.slot DESC
LIMIT :at_most OFFSET :param_1
