UPDATE queuectl_jobs SET unmet=settled.unmet, cancelled_for=settled.cancelled_for,
    note=coalesce(settled.note, queuectl_jobs.note) FROM (SELECT value ->> 'id' AS id, value ->>
    'unmet' AS unmet, value ->> 'note' AS note, value ->> 'cancelled_for' AS cancelled_for FROM
    json_each(:settled)) AS settled WHERE queuectl_jobs.id = settled.id
