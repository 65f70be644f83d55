SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group
