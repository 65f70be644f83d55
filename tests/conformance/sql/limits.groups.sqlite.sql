SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halted
FROM queuectl_groups JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ids)),
    parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS ids ON
    queuectl_groups.id = ids.id
