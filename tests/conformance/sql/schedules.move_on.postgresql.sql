UPDATE queuectl_schedules SET next_at=moves.next_at, last_slot=coalesce(moves.last_slot,
    queuectl_schedules.last_slot), last_fired_at=CASE WHEN (moves.job_id IS NOT NULL) THEN
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) ELSE
    queuectl_schedules.last_fired_at END, last_job_id=coalesce(moves.job_id,
    queuectl_schedules.last_job_id) FROM json_to_recordset(CAST(%(moves)s::VARCHAR AS JSON)) AS
    moves(schedule_id BIGINT, next_at BIGINT, last_slot BIGINT, job_id BIGINT) WHERE
    queuectl_schedules.id = moves.schedule_id
