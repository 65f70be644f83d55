SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halted
FROM queuectl_groups JOIN json_to_recordset(CAST(%(ids)s::VARCHAR AS JSON)) AS ids(id BIGINT) ON
    queuectl_groups.id = ids.id
