SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = %(group)s::BIGINT AND queuectl_jobs.state = 'dead'
LIMIT %(at_most)s::INTEGER) AS counted
