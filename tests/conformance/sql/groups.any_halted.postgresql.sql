SELECT EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.halted IS NOT NULL AND queuectl_groups.finished_at IS NULL AND ((EXISTS
    (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held',
    'pending', 'retrying', 'scheduled'))) OR (queuectl_groups.halt LIKE 'now' || '%%') AND (EXISTS
    (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.cancel_requested = 0 AND
    queuectl_jobs.state = 'running')))) AS anon_1
