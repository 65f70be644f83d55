SELECT (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND NOT (EXISTS (SELECT
    '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND
    queuectl_jobs.slots <= :widest AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR
    (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for NOT LIKE 'missing:%' AND NOT
    (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND
    queuectl_jobs.slots <= :widest AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR
    (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR
    (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying' AND NOT
    (EXISTS (SELECT '1'
FROM queuectl_queues
WHERE queuectl_queues.name = queuectl_jobs.queue AND queuectl_queues.state = 'paused')) AND
    queuectl_jobs.slots <= :widest AND queuectl_jobs.queue IN (SELECT queues.name
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:queues)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS queues))) OR
    (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1)) AS anon_1
