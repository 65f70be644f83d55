UPDATE queuectl_jobs SET note=successors.note FROM (SELECT value ->> 'id' AS id, value ->> 'note' AS
    note FROM json_each(:successors)) AS successors WHERE queuectl_jobs.id = successors.id
