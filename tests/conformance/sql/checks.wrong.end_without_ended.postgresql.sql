SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE (queuectl_jobs.state NOT IN ('cancelled', 'dead', 'succeeded')) AND queuectl_jobs.finished_at
    IS NOT NULL ORDER BY queuectl_jobs.id
LIMIT 21
