INSERT INTO queuectl_slots (schedule_id, slot, until, outcome, job_id, note, at) SELECT
    marks.schedule_id, marks.slot, marks.until, marks.outcome, marks.job_id, marks.note, :now AS
    anon_1
FROM (SELECT value ->> 'schedule_id' AS schedule_id, value ->> 'slot' AS slot, value ->> 'until' AS
    until, value ->> 'outcome' AS outcome, value ->> 'job_id' AS job_id, value ->> 'note' AS note
    FROM json_each(:marks)) AS marks
