SELECT queuectl_jobs.id, coalesce(queuectl_attempts.error, queuectl_jobs.note, :coalesce_1) AS error
FROM queuectl_jobs JOIN queuectl_attempts ON queuectl_attempts.job_id = queuectl_jobs.id AND
    queuectl_attempts.token = queuectl_jobs.token
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) AND queuectl_jobs.state = 'retrying'
