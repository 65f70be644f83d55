INSERT INTO queuectl_groups (name, concurrency, halt, sealed, on_finish, created_at) SELECT
    new_groups.name, new_groups.concurrency, new_groups.halt, new_groups.sealed,
    new_groups.on_finish, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) *
    1000 AS BIGINT)) AS anon_1
FROM json_to_recordset(CAST(%(new_groups)s::VARCHAR AS JSON)) AS new_groups(name TEXT, concurrency
    INTEGER, halt TEXT, sealed INTEGER, on_finish TEXT)
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.name = new_groups.name))
