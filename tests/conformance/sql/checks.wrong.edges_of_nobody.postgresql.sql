SELECT queuectl_dependencies.child_id
FROM queuectl_dependencies
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_dependencies.child_id)) ORDER BY queuectl_dependencies.child_id
LIMIT 21
