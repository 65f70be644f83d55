queuectl_jobs.group_id = (SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.name = :of_group)
