SELECT queuectl_jobs.id, queuectl_jobs.unique_slot, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IN (SELECT taken_slots.slot
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:taken_slots)), parsed AS
    MATERIALIZED (SELECT item ->> 'slot' AS slot FROM items) SELECT * FROM parsed) AS taken_slots)
