SELECT queuectl_jobs.id, queuectl_jobs.unique_key, holder.id AS holder
FROM queuectl_jobs JOIN queuectl_jobs AS holder ON holder.unique_slot = queuectl_jobs.unique_slot
    AND holder.id != queuectl_jobs.id AND holder.unique_live = 1
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets)
