WITH some_running AS MATERIALIZED
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = %(group)s::BIGINT AND queuectl_jobs.cancel_requested = 0 AND
    queuectl_jobs.state = 'running' FOR UPDATE SKIP LOCKED)
UPDATE queuectl_jobs SET cancel_requested=%(cancel_requested)s::INTEGER WHERE queuectl_jobs.id IN
    (SELECT some_running.id
FROM some_running)
