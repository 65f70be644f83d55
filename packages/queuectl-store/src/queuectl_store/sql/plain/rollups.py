"""The statements of rollups.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

TOTALS = Statement("rollups:TOTALS", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
""")

DEPTHS = Statement("rollups:DEPTHS", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope IN ('queue', 'uncounted') UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
""")

WINDOW = Statement("rollups:WINDOW", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = :of_span AND queuectl_rollups.scope = :of_scope AND queuectl_rollups.at >= :since UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
""", whole=('of_span', 'since'), words=('of_scope',))

WINDOW_OF = Statement("rollups:WINDOW_OF", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = :of_span AND queuectl_rollups.scope = :of_scope AND queuectl_rollups.name = :of_name AND queuectl_rollups.at >= :since UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
""", whole=('of_span', 'since'), words=('of_scope', 'of_name'))

SINCE = Statement("rollups:SINCE", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.scope = :of_scope AND (queuectl_rollups.span = 60000 AND queuectl_rollups.at >= :since AND queuectl_rollups.at < :edge OR queuectl_rollups.span = 3600000 AND queuectl_rollups.at >= :edge) UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
""", whole=('since', 'edge'), words=('of_scope',))

FULL_COUNT = Statement("rollups:FULL_COUNT", """
SELECT queuectl_jobs.queue, queuectl_jobs.state, count(*) AS n
FROM queuectl_jobs GROUP BY queuectl_jobs.queue, queuectl_jobs.state ORDER BY queuectl_jobs.queue
""")
