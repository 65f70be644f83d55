DELETE FROM queuectl_workers WHERE queuectl_workers.state IN ('gone', 'stopped') AND
    queuectl_workers.seen_at < %(before)s::BIGINT AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id)) RETURNING
    queuectl_workers.id
