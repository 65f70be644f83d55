SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halt,
    queuectl_groups.halted, queuectl_groups.sealed, queuectl_groups.on_finish,
    queuectl_groups.finish_job_id, queuectl_groups.created_at, queuectl_groups.finished_at
FROM queuectl_groups
WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM json_to_recordset(CAST(%(chosen_groups)s::VARCHAR AS JSON)) AS chosen_groups(id BIGINT)) ORDER
    BY queuectl_groups.id FOR UPDATE
