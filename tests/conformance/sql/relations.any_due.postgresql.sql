SELECT EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1) AS anon_1
