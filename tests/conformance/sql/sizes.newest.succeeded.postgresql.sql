SELECT queuectl_jobs.id, queuectl_jobs.finished_at, CAST(140 + 2 *
    coalesce(octet_length(queuectl_jobs.key), 0) + 2 * coalesce(octet_length(queuectl_jobs.queue),
    0) + 2 * coalesce(octet_length(queuectl_jobs.unique_slot), 0) +
    coalesce(octet_length(queuectl_jobs.spec), 0) + coalesce(octet_length(queuectl_jobs.note), 0) +
    coalesce(octet_length(queuectl_jobs.result), 0) + coalesce(octet_length(queuectl_jobs.progress),
    0) + coalesce(octet_length(queuectl_jobs.name), 0) + coalesce(octet_length(queuectl_jobs.task),
    0) + coalesce(octet_length(queuectl_jobs.unique_key), 0) +
    coalesce(octet_length(queuectl_jobs.concurrency_key), 0) +
    coalesce(octet_length(queuectl_jobs.resources), 0) +
    coalesce(octet_length(queuectl_jobs.fingerprint), 0) + (SELECT coalesce(sum(40 +
    coalesce(octet_length(queuectl_attempts.error), 0)), 0) AS coalesce_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id) + (SELECT coalesce(sum(50 +
    coalesce(octet_length(queuectl_events.note), 0)), 0) AS coalesce_2
FROM queuectl_events
WHERE queuectl_events.job_id = queuectl_jobs.id) AS BIGINT) AS size
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'succeeded' AND queuectl_jobs.queue = %(of_queue)s::VARCHAR AND
    queuectl_jobs.finished_at <= %(to_at)s::BIGINT AND (queuectl_jobs.finished_at, queuectl_jobs.id)
    < (%(to_at)s::BIGINT, %(to_id)s::BIGINT) ORDER BY queuectl_jobs.finished_at DESC,
    queuectl_jobs.id DESC
LIMIT %(at_most)s::INTEGER
