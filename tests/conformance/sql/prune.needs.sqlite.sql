SELECT queuectl_jobs.id, queuectl_jobs.state, (SELECT min(child.id) AS min_1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled',
    'dead', 'succeeded'))) AS child_id, (SELECT queuectl_groups.name
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL) AS
    open_group, (SELECT min(queuectl_schedules.name) AS min_2
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id) AS schedule, queuectl_jobs.unique_live,
    queuectl_jobs.unique_key, queuectl_jobs.unique_until
FROM queuectl_jobs
WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed)
