SELECT queuectl_jobs.id, queuectl_jobs.unique_slot, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IN (SELECT taken_slots.slot
FROM json_to_recordset(CAST(%(taken_slots)s::VARCHAR AS JSON)) AS taken_slots(slot TEXT))
