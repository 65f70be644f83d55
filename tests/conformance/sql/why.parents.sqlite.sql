SELECT queuectl_dependencies.clause, queuectl_dependencies.parent_id, queuectl_dependencies.needs,
    queuectl_dependencies.met, queuectl_jobs.state
FROM queuectl_dependencies LEFT OUTER JOIN queuectl_jobs ON queuectl_jobs.id =
    queuectl_dependencies.parent_id
WHERE queuectl_dependencies.child_id = :job ORDER BY queuectl_dependencies.clause,
    queuectl_dependencies.parent_id
LIMIT :at_most OFFSET :param_1
