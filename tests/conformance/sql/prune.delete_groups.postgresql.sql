DELETE FROM queuectl_groups WHERE queuectl_groups.finished_at < %(before)s::BIGINT AND NOT (EXISTS
    (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IS NOT NULL AND queuectl_jobs.group_id = queuectl_groups.id)) RETURNING
    queuectl_groups.id
