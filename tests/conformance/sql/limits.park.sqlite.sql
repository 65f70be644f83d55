UPDATE queuectl_jobs SET waits_for=parked.name FROM (WITH items(item) AS MATERIALIZED (SELECT value
    FROM json_each(:parked)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->> 'name' AS
    name FROM items) SELECT * FROM parsed) AS parked WHERE queuectl_jobs.id = parked.id AND
    queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL RETURNING id
