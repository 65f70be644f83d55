SELECT queuectl_jobs.id, queuectl_jobs.finished_at, CAST(140 + 2 *
    coalesce(length(CAST(queuectl_jobs."key" AS BLOB)), 0) + 2 *
    coalesce(length(CAST(queuectl_jobs.queue AS BLOB)), 0) + 2 *
    coalesce(length(CAST(queuectl_jobs.unique_slot AS BLOB)), 0) +
    coalesce(length(CAST(queuectl_jobs.spec AS BLOB)), 0) + coalesce(length(CAST(queuectl_jobs.note
    AS BLOB)), 0) + coalesce(length(CAST(queuectl_jobs.result AS BLOB)), 0) +
    coalesce(length(CAST(queuectl_jobs.progress AS BLOB)), 0) +
    coalesce(length(CAST(queuectl_jobs.name AS BLOB)), 0) + coalesce(length(CAST(queuectl_jobs.task
    AS BLOB)), 0) + coalesce(length(CAST(queuectl_jobs.unique_key AS BLOB)), 0) +
    coalesce(length(CAST(queuectl_jobs.concurrency_key AS BLOB)), 0) +
    coalesce(length(CAST(queuectl_jobs.resources AS BLOB)), 0) +
    coalesce(length(CAST(queuectl_jobs.fingerprint AS BLOB)), 0) + (SELECT coalesce(sum(40 +
    coalesce(length(CAST(queuectl_attempts.error AS BLOB)), 0)), 0) AS coalesce_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id) + (SELECT coalesce(sum(50 +
    coalesce(length(CAST(queuectl_events.note AS BLOB)), 0)), 0) AS coalesce_2
FROM queuectl_events
WHERE queuectl_events.job_id = queuectl_jobs.id) AS BIGINT) AS size
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at
    <= :to_at AND (queuectl_jobs.finished_at, queuectl_jobs.id) < (:to_at, :to_id) ORDER BY
    queuectl_jobs.finished_at DESC, queuectl_jobs.id DESC
LIMIT :at_most OFFSET :param_1
