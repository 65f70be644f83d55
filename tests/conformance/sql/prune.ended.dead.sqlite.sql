SELECT queuectl_jobs.id, queuectl_jobs.finished_at
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at
    >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at,
    queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <=
    (:to_at, :to_id) ORDER BY queuectl_jobs.finished_at, queuectl_jobs.id
LIMIT :at_most OFFSET :param_1
