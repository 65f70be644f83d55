UPDATE queuectl_schedules SET next_at=moves.next_at, last_slot=coalesce(moves.last_slot,
    queuectl_schedules.last_slot), last_fired_at=CASE WHEN (moves.job_id IS NOT NULL) THEN :now ELSE
    queuectl_schedules.last_fired_at END, last_job_id=coalesce(moves.job_id,
    queuectl_schedules.last_job_id) FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM
    json_each(:moves)), parsed AS MATERIALIZED (SELECT item ->> 'schedule_id' AS schedule_id, item
    ->> 'next_at' AS next_at, item ->> 'last_slot' AS last_slot, item ->> 'job_id' AS job_id FROM
    items) SELECT * FROM parsed) AS moves WHERE queuectl_schedules.id = moves.schedule_id
