UPDATE queuectl_schedules SET next_at=moves.next_at, last_slot=coalesce(moves.last_slot,
    queuectl_schedules.last_slot), last_fired_at=CASE WHEN (moves.job_id IS NOT NULL) THEN :now ELSE
    queuectl_schedules.last_fired_at END, last_job_id=coalesce(moves.job_id,
    queuectl_schedules.last_job_id) FROM (SELECT value ->> 'schedule_id' AS schedule_id, value ->>
    'next_at' AS next_at, value ->> 'last_slot' AS last_slot, value ->> 'job_id' AS job_id FROM
    json_each(:moves)) AS moves WHERE queuectl_schedules.id = moves.schedule_id
