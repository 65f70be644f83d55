SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.sealed = 1 AND queuectl_groups.finished_at IS NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND (queuectl_jobs.state NOT IN ('succeeded',
    'dead', 'cancelled')))) ORDER BY queuectl_groups.id
LIMIT 21
