INSERT INTO queuectl_slots (schedule_id, slot, until, outcome, job_id, note, at) SELECT
    marks.schedule_id, marks.slot, marks.until, marks.outcome, marks.job_id, marks.note,
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS
    anon_1
FROM json_to_recordset(CAST(%(marks)s::VARCHAR AS JSON)) AS marks(schedule_id BIGINT, slot BIGINT,
    until BIGINT, outcome TEXT, job_id BIGINT, note TEXT)
