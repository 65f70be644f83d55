UPDATE queuectl_jobs SET note=successors.note FROM json_to_recordset(CAST(%(successors)s::VARCHAR AS
    JSON)) AS successors(id BIGINT, note TEXT) WHERE queuectl_jobs.id = successors.id
