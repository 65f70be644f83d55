SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = %(of)s::VARCHAR ORDER BY queuectl_jobs.priority DESC,
    queuectl_jobs.id
LIMIT 1
