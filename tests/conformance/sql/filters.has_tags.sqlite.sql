NOT (EXISTS (SELECT 1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:wanted_tags)), parsed AS
    MATERIALIZED (SELECT item ->> 'tag' AS tag, item ->> 'value' AS value FROM items) SELECT * FROM
    parsed) AS wanted_tags
WHERE (queuectl_jobs.spec -> 'tags' ->> wanted_tags.tag) IS NOT wanted_tags.value))
