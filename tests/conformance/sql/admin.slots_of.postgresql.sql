SELECT queuectl_jobs.id, queuectl_jobs.unique_slot, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_jobs.unique_slot IS NOT NULL ORDER BY queuectl_jobs.id
