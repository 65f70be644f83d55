SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb,
    queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note,
    queuectl_events.tx, queuectl_jobs.queue
FROM queuectl_events JOIN queuectl_jobs ON queuectl_jobs.id = queuectl_events.job_id
WHERE :after_tx = 0 AND queuectl_events.id > :after_id AND queuectl_events.id <= :to_id AND
    queuectl_events.verb IN (SELECT wanted_verbs.verb
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:wanted_verbs)), parsed AS
    MATERIALIZED (SELECT item ->> 'verb' AS verb FROM items) SELECT * FROM parsed) AS wanted_verbs)
    AND queuectl_jobs.queue != :hook_queue ORDER BY queuectl_events.id
