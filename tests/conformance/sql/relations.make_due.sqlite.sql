UPDATE queuectl_jobs SET children_due=1 WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:parents)) AS parents)
