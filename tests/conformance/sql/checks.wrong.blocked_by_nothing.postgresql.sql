SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'blocked' AND queuectl_jobs.unmet <= 0 ORDER BY queuectl_jobs.id
LIMIT 21
