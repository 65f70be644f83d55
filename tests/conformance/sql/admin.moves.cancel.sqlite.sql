UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, note=:because WHERE queuectl_jobs.id
    IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:targets)) AS targets) AND queuectl_jobs.state IN
    ('blocked', 'held', 'pending', 'retrying', 'scheduled') RETURNING id, state, attempt
