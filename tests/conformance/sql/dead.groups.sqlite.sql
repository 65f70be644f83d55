SELECT queuectl_jobs.fingerprint, min(queuectl_jobs.finished_at) AS first_seen,
    max(queuectl_jobs.finished_at) AS last_seen, max(queuectl_jobs.id) AS newest
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' GROUP BY queuectl_jobs.fingerprint
