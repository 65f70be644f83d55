SELECT count(*) AS jobs, coalesce(sum((SELECT count(*) AS count_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS attempts, coalesce(sum((SELECT
    sum(queuectl_attempts.log_bytes) AS sum_1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id)), 0) AS log_bytes
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'dead' AND queuectl_jobs.queue = :of_queue AND queuectl_jobs.finished_at
    >= :from_at AND queuectl_jobs.finished_at <= :to_at AND (queuectl_jobs.finished_at,
    queuectl_jobs.id) > (:from_at, :from_id) AND (queuectl_jobs.finished_at, queuectl_jobs.id) <=
    (:to_at, :to_id) AND queuectl_jobs.children_due = 0 AND (queuectl_jobs.has_children = 0 OR NOT
    (EXISTS (SELECT 1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled',
    'dead', 'succeeded'))))) AND (queuectl_jobs.group_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL))) AND NOT
    (EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id)) AND (queuectl_jobs.unique_live = 0 OR
    queuectl_jobs.unique_until IS NOT NULL AND (queuectl_jobs.unique_until IS NULL OR
    queuectl_jobs.unique_until <= :now))
