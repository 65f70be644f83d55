UPDATE queuectl_jobs SET state='held', waits_for=:waits_for, note=:because WHERE queuectl_jobs.id IN
    (SELECT targets.id
FROM (SELECT value ->> 'id' AS id, value ->> 'fingerprint' AS fingerprint FROM json_each(:targets))
    AS targets) AND queuectl_jobs.state IN ('blocked', 'pending', 'retrying', 'scheduled') RETURNING
    id, state, attempt, children_due, group_id
