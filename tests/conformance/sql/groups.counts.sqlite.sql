SELECT queuectl_jobs.group_id, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups)
    GROUP BY queuectl_jobs.group_id, queuectl_jobs.state
