DELETE FROM queuectl_dependencies WHERE queuectl_dependencies.child_id IN (SELECT doomed.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:doomed)) AS doomed)
