SELECT queuectl_jobs.id, coalesce(queuectl_attempts.error, queuectl_jobs.note, :coalesce_1) AS error
FROM queuectl_jobs JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND
    queuectl_attempts.token = queuectl_jobs.token
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'fingerprint' AS fingerprint FROM items)
    SELECT * FROM parsed) AS targets) AND queuectl_jobs.state = 'retrying'
