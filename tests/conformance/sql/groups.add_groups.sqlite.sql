INSERT INTO queuectl_groups (name, concurrency, halt, sealed, on_finish, created_at) SELECT
    new_groups.name, new_groups.concurrency, new_groups.halt, new_groups.sealed,
    new_groups.on_finish, :now AS anon_1
FROM (SELECT value ->> 'name' AS name, value ->> 'concurrency' AS concurrency, value ->> 'halt' AS
    halt, value ->> 'sealed' AS sealed, value ->> 'on_finish' AS on_finish FROM
    json_each(:new_groups)) AS new_groups
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.name = new_groups.name))
