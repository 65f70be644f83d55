SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IS NULL ORDER BY queuectl_jobs.id
LIMIT 21
