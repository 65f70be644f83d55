SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded')
LIMIT :at_most OFFSET :param_1) AS counted
