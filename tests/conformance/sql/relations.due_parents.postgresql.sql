SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1 ORDER BY queuectl_jobs.id
LIMIT %(at_most)s::INTEGER FOR UPDATE SKIP LOCKED
