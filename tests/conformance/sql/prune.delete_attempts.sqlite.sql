DELETE FROM queuectl_attempts WHERE queuectl_attempts.job_id IN (SELECT doomed.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:doomed)) AS doomed)
