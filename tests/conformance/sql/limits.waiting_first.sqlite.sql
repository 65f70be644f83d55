SELECT names.name, queuectl_jobs.priority, queuectl_jobs.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED
    (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names JOIN queuectl_jobs ON
    queuectl_jobs.id = (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = names.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_1)
