INSERT INTO queuectl_slots (schedule_id, slot, until, outcome, job_id, note, at) SELECT
    marks.schedule_id, marks.slot, marks.until, marks.outcome, marks.job_id, marks.note, :now AS
    anon_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:marks)), parsed AS MATERIALIZED
    (SELECT item ->> 'schedule_id' AS schedule_id, item ->> 'slot' AS slot, item ->> 'until' AS
    until, item ->> 'outcome' AS outcome, item ->> 'job_id' AS job_id, item ->> 'note' AS note FROM
    items) SELECT * FROM parsed) AS marks
