SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halted
FROM queuectl_groups JOIN (SELECT value ->> 'id' AS id FROM json_each(:ids)) AS ids ON
    queuectl_groups.id = ids.id
