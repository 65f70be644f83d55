SELECT queuectl_dependencies.child_id
FROM queuectl_dependencies
WHERE queuectl_dependencies.met = 0 AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_dependencies.parent_id)) ORDER BY queuectl_dependencies.child_id
LIMIT 21 OFFSET :param_1
