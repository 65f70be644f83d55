UPDATE queuectl_groups SET sealed=1 WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:chosen_groups)) AS chosen_groups)
