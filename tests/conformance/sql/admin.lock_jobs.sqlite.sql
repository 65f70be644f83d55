SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) ORDER BY queuectl_jobs.id
