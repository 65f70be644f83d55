UPDATE queuectl_jobs SET state='dead', finished_at=:now, unique_live=CASE WHEN
    (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE
    queuectl_jobs.unique_live END, children_due=queuectl_jobs.has_children, fingerprint=(SELECT
    targets.fingerprint
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets
WHERE queuectl_jobs.id = targets.id), note=:because WHERE queuectl_jobs.id IN (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) AND queuectl_jobs.state = 'retrying' RETURNING id, state, attempt, children_due,
    group_id
