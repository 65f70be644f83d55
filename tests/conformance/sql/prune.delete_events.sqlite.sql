DELETE FROM queuectl_events WHERE queuectl_events.job_id IN (SELECT doomed.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:doomed)) AS doomed) RETURNING tx, id
