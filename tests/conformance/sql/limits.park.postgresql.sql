UPDATE queuectl_jobs SET waits_for=parked.name FROM json_to_recordset(CAST(%(parked)s::VARCHAR AS
    JSON)) AS parked(id BIGINT, name TEXT) WHERE queuectl_jobs.id = parked.id AND
    queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL RETURNING queuectl_jobs.id
