SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.unmet, queuectl_jobs.on_dep_failure,
    queuectl_jobs.cancelled_for, queuectl_jobs.unique_slot, EXISTS (SELECT 1
FROM queuectl_jobs AS rivals
WHERE rivals.unique_slot = queuectl_jobs.unique_slot AND rivals.unique_live = 1 AND rivals.id !=
    queuectl_jobs.id) AS is_taken
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT children.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:children)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS children) AND
    (queuectl_jobs.unmet > 0 AND queuectl_jobs.state IN ('blocked', 'held') OR
    queuectl_jobs.cancelled_for IS NOT NULL) ORDER BY queuectl_jobs.id
