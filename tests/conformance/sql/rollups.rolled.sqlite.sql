SELECT queuectl_rollups.span, queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.at,
    queuectl_rollups.counts
FROM queuectl_rollups JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:rolled)),
    parsed AS MATERIALIZED (SELECT item ->> 'span' AS span, item ->> 'scope' AS scope, item ->>
    'name' AS name, item ->> 'at' AS at, item ->> 'counts' AS counts FROM items) SELECT * FROM
    parsed) AS rolled ON queuectl_rollups.span = rolled.span AND queuectl_rollups.scope =
    rolled.scope AND queuectl_rollups.name = rolled.name AND queuectl_rollups.at = rolled.at
