SELECT count(*) AS count_1
FROM (SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    %(of_queue)s::VARCHAR AND (queuectl_jobs.priority > %(of_priority)s::INTEGER OR
    queuectl_jobs.priority = %(of_priority)s::INTEGER AND queuectl_jobs.id < %(job)s::BIGINT)
LIMIT %(at_most)s::INTEGER) AS first
