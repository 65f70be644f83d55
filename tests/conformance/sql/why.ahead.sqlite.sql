SELECT count(*) AS count_1
FROM (SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue =
    :of_queue AND (queuectl_jobs.priority > :of_priority OR queuectl_jobs.priority = :of_priority
    AND queuectl_jobs.id < :job)
LIMIT :at_most OFFSET :param_1) AS first
