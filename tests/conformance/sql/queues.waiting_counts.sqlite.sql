SELECT queuectl_jobs.waits_for, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND (queuectl_jobs.waits_for LIKE 'resource:%' OR
    queuectl_jobs.waits_for LIKE 'missing:%') GROUP BY queuectl_jobs.waits_for
