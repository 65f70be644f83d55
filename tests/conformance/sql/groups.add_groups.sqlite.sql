INSERT INTO queuectl_groups (name, concurrency, halt, sealed, on_finish, created_at) SELECT
    new_groups.name, new_groups.concurrency, new_groups.halt, new_groups.sealed,
    new_groups.on_finish, :now AS anon_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_groups)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name, item ->> 'concurrency' AS concurrency, item ->>
    'halt' AS halt, item ->> 'sealed' AS sealed, item ->> 'on_finish' AS on_finish FROM items)
    SELECT * FROM parsed) AS new_groups
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.name = new_groups.name))
