SELECT queuectl_jobs.group_id, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IN (SELECT chosen_groups.id
FROM (SELECT value ->> 'id' AS id FROM json_each(:chosen_groups)) AS chosen_groups) GROUP BY
    queuectl_jobs.group_id, queuectl_jobs.state
