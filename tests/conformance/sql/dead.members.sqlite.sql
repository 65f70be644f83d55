SELECT queuectl_jobs.fingerprint, queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' ORDER BY queuectl_jobs.fingerprint, queuectl_jobs.id
