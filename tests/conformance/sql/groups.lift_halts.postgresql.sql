UPDATE queuectl_groups SET halted=%(halted)s::VARCHAR WHERE queuectl_groups.id IN (SELECT
    chosen_groups.id
FROM json_to_recordset(CAST(%(chosen_groups)s::VARCHAR AS JSON)) AS chosen_groups(id BIGINT)) AND
    queuectl_groups.halted IS NOT NULL
