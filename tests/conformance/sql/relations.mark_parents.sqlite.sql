UPDATE queuectl_jobs SET has_children=1 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:parents)) AS parents) AND
    queuectl_jobs.has_children = 0
