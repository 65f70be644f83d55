SELECT queuectl_jobs.allotted
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.allotted IS NOT NULL
