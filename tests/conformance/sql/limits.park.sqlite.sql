UPDATE queuectl_jobs SET waits_for=parked.name FROM (SELECT value ->> 'id' AS id, value ->> 'name'
    AS name FROM json_each(:parked)) AS parked WHERE queuectl_jobs.id = parked.id AND
    queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL RETURNING id
