SELECT queuectl_workers.concurrency, :now AS now_ms
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = :worker AND queuectl_workers.state = 'running' AND
    queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now))
