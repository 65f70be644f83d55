DELETE FROM queuectl_environments WHERE queuectl_environments.id IN (SELECT doomed.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:doomed)) AS doomed) AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id = queuectl_environments.id)) RETURNING id
