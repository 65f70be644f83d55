SELECT queuectl_jobs.group_id, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IN (SELECT chosen_groups.id
FROM json_to_recordset(CAST(%(chosen_groups)s::VARCHAR AS JSON)) AS chosen_groups(id BIGINT)) GROUP
    BY queuectl_jobs.group_id, queuectl_jobs.state
