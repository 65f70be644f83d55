DELETE FROM queuectl_jobs WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:doomed)), parsed AS
    MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS doomed) AND
    queuectl_jobs.state IN ('succeeded', 'dead', 'cancelled') AND queuectl_jobs.children_due = 0 AND
    (queuectl_jobs.has_children = 0 OR NOT (EXISTS (SELECT 1
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id = queuectl_jobs.id AND (child.state NOT IN ('cancelled',
    'dead', 'succeeded'))))) AND (queuectl_jobs.group_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id AND queuectl_groups.finished_at IS NULL))) AND NOT
    (EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id = queuectl_jobs.id)) AND (queuectl_jobs.unique_live = 0 OR
    queuectl_jobs.unique_until IS NOT NULL AND (queuectl_jobs.unique_until IS NULL OR
    queuectl_jobs.unique_until <= :now)) RETURNING id, queue, task, state
