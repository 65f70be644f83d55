INSERT INTO queuectl_rollups (span, scope, name, at, counts) SELECT rolled.span, rolled.scope,
    rolled.name, rolled.at, rolled.counts
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:rolled)), parsed AS
    MATERIALIZED (SELECT item ->> 'span' AS span, item ->> 'scope' AS scope, item ->> 'name' AS
    name, item ->> 'at' AS at, item ->> 'counts' AS counts FROM items) SELECT * FROM parsed) AS
    rolled
WHERE 1 = 1 ON CONFLICT (span, scope, name, at) DO UPDATE SET counts = excluded.counts
