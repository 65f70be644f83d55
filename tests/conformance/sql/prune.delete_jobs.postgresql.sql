DELETE FROM queuectl_jobs WHERE queuectl_jobs.id IN (SELECT doomed.id
FROM json_to_recordset(CAST(%(doomed)s::VARCHAR AS JSON)) AS doomed(id BIGINT)) AND
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
    queuectl_jobs.unique_until <= coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)))) RETURNING queuectl_jobs.id, queuectl_jobs.queue,
    queuectl_jobs.task, queuectl_jobs.state
