UPDATE queuectl_groups SET sealed=1 WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups)
