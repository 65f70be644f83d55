SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'blocked' AND queuectl_jobs.unmet != (SELECT count(*) AS count_1
FROM (SELECT queuectl_dependencies.child_id AS child_id, queuectl_dependencies.clause AS clause,
    max(queuectl_dependencies.met) AS best
FROM queuectl_dependencies GROUP BY queuectl_dependencies.child_id, queuectl_dependencies.clause) AS
    clauses
WHERE clauses.child_id = queuectl_jobs.id AND clauses.best = 0) ORDER BY queuectl_jobs.id
LIMIT 21 OFFSET :param_1
