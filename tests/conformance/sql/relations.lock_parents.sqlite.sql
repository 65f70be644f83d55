SELECT queuectl_jobs.id, queuectl_jobs.state
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT parents.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:parents)) AS parents) ORDER BY queuectl_jobs.id
