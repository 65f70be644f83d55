UPDATE queuectl_jobs SET unique_live=%(unique_live)s::INTEGER WHERE queuectl_jobs.unique_live = 1
    AND queuectl_jobs.unique_slot IN (SELECT queuectl_jobs.unique_slot
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT)))
    AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded') AND queuectl_jobs.unique_until <=
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))
