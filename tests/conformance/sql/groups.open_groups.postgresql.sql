SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM json_to_recordset(CAST(%(chosen_groups)s::VARCHAR AS JSON)) AS chosen_groups(id BIGINT)) AND
    (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held',
    'pending', 'retrying', 'running', 'scheduled')))
