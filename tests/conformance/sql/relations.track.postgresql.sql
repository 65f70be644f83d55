UPDATE queuectl_jobs SET unmet=settled.unmet, cancelled_for=settled.cancelled_for,
    note=coalesce(settled.note, queuectl_jobs.note) FROM json_to_recordset(CAST(%(settled)s::VARCHAR
    AS JSON)) AS settled(id BIGINT, unmet INTEGER, note TEXT, cancelled_for BIGINT) WHERE
    queuectl_jobs.id = settled.id
