SELECT names.name, queuectl_jobs.priority, queuectl_jobs.id
FROM (SELECT value ->> 'name' AS name FROM json_each(:names)) AS names JOIN queuectl_jobs ON
    queuectl_jobs.id = (SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = names.name ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
LIMIT 1 OFFSET :param_1)
