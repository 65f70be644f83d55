SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.id IN (SELECT chosen_groups.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:chosen_groups)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS chosen_groups) AND
    (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held',
    'pending', 'retrying', 'running', 'scheduled')))
