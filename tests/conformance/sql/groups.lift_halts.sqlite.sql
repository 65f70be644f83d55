UPDATE queuectl_groups SET halted=:halted WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:chosen_groups)) AS chosen_groups) AND
    queuectl_groups.halted IS NOT NULL
