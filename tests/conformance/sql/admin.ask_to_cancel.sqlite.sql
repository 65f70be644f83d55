UPDATE queuectl_jobs SET cancel_requested=:cancel_requested WHERE queuectl_jobs.id IN (SELECT
    targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) AND queuectl_jobs.state = 'running' RETURNING id
