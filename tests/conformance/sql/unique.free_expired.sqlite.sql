UPDATE queuectl_jobs SET unique_live=:unique_live WHERE queuectl_jobs.unique_live = 1 AND
    queuectl_jobs.unique_slot IN (SELECT taken_slots.slot
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:taken_slots)), parsed AS
    MATERIALIZED (SELECT item ->> 'slot' AS slot FROM items) SELECT * FROM parsed) AS taken_slots)
    AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded') AND queuectl_jobs.unique_until <=
    :now
