UPDATE queuectl_jobs SET unique_live=:unique_live WHERE queuectl_jobs.unique_live = 1 AND
    queuectl_jobs.unique_slot IN (SELECT queuectl_jobs.unique_slot
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets)) AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded')
    AND queuectl_jobs.unique_until <= :now
