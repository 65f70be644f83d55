NOT (EXISTS (SELECT 1
FROM json_to_recordset(CAST(%(wanted_tags)s::VARCHAR AS JSON)) AS wanted_tags(tag TEXT, value TEXT)
WHERE (CAST(queuectl_jobs.spec AS JSON) -> 'tags' ->> wanted_tags.tag) IS DISTINCT FROM
    wanted_tags.value))
