SELECT queuectl_jobs.id, queuectl_jobs.unique_slot, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) AND queuectl_jobs.unique_slot IS NOT NULL ORDER BY queuectl_jobs.id
