SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at,
    NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL
    AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope IN ('store', 'queue', 'schedule',
    'uncounted') UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at,
    queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source,
    queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket,
    CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task,
    queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target,
    queuectl_tallies.outcome, queuectl_tallies.bucket
