UPDATE queuectl_jobs SET unmet=settled.unmet, cancelled_for=settled.cancelled_for,
    note=coalesce(settled.note, queuectl_jobs.note) FROM (WITH items(item) AS MATERIALIZED (SELECT
    value FROM json_each(:settled)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id, item ->>
    'unmet' AS unmet, item ->> 'note' AS note, item ->> 'cancelled_for' AS cancelled_for FROM items)
    SELECT * FROM parsed) AS settled WHERE queuectl_jobs.id = settled.id
