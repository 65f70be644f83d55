"""The statements of rollups.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ADD = Statement("rollups:ADD", """
INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms) SELECT :now - :now % 60000 AS anon_1, 0 AS anon_2, coalesce(tally.queue, '') AS coalesce_1, coalesce(tally.task, '') AS coalesce_2, coalesce(tally.verb, '') AS coalesce_3, coalesce(tally.source, '') AS coalesce_4, coalesce(tally.target, '') AS coalesce_5, coalesce(tally.outcome, '') AS coalesce_6, coalesce(tally.bucket, -1) AS coalesce_7, tally.n, coalesce(tally.ms, 0) AS coalesce_8
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:tally)), parsed AS MATERIALIZED (SELECT item ->> 'queue' AS queue, item ->> 'task' AS task, item ->> 'verb' AS verb, item ->> 'source' AS source, item ->> 'target' AS target, item ->> 'outcome' AS outcome, item ->> 'bucket' AS bucket, item ->> 'n' AS n, item ->> 'ms' AS ms FROM items) SELECT * FROM parsed) AS tally
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
""")

ADD_EACH = Statement("rollups:ADD_EACH", """
INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms) SELECT :now - :now % 60000 AS anon_1, 0 AS anon_2, :queue AS anon_3, :task AS anon_4, :verb AS anon_5, :source AS anon_6, :target AS anon_7, :outcome AS anon_8, :bucket AS anon_9, :n AS anon_10, :ms AS anon_11
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
""")

TAKE = Statement("rollups:TAKE", """
WITH oldest AS
(SELECT queuectl_tallies.at AS at, queuectl_tallies.writer AS writer, queuectl_tallies.queue AS queue, queuectl_tallies.task AS task, queuectl_tallies.verb AS verb, queuectl_tallies.source AS source, queuectl_tallies.target AS target, queuectl_tallies.outcome AS outcome, queuectl_tallies.bucket AS bucket
FROM queuectl_tallies
WHERE queuectl_tallies.at < :before_at ORDER BY queuectl_tallies.at, queuectl_tallies.writer, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
 LIMIT :at_most OFFSET :param_1)
 DELETE FROM queuectl_tallies WHERE (queuectl_tallies.at, queuectl_tallies.writer, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket) IN (SELECT oldest.at, oldest.writer, oldest.queue, oldest.task, oldest.verb, oldest.source, oldest.target, oldest.outcome, oldest.bucket
FROM oldest) RETURNING at, writer, queue, task, verb, source, target, outcome, bucket, n, ms
""", whole=('before_at',), small=('at_most',), fixed={'param_1': 0})

TRY_FOLD = Statement("rollups:TRY_FOLD", """
SELECT 1 AS anon_1
""")

LOOK = Statement("rollups:LOOK", """
SELECT (SELECT min(queuectl_tallies.at) AS min_1
FROM queuectl_tallies) AS oldest, (SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_tallies
 LIMIT :at_most OFFSET :param_1) AS few) AS n, :now AS now
""", small=('at_most',), fixed={'param_1': 0})

ROLLED = Statement("rollups:ROLLED", """
SELECT queuectl_rollups.span, queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.at, queuectl_rollups.counts
FROM queuectl_rollups JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:rolled)), parsed AS MATERIALIZED (SELECT item ->> 'span' AS span, item ->> 'scope' AS scope, item ->> 'name' AS name, item ->> 'at' AS at, item ->> 'counts' AS counts FROM items) SELECT * FROM parsed) AS rolled ON queuectl_rollups.span = rolled.span AND queuectl_rollups.scope = rolled.scope AND queuectl_rollups.name = rolled.name AND queuectl_rollups.at = rolled.at
""")

NAMES = Statement("rollups:NAMES", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope IN ('queue', 'task') ORDER BY queuectl_rollups.scope, queuectl_rollups.name
""")

SAVE = Statement("rollups:SAVE", """
INSERT INTO queuectl_rollups (span, scope, name, at, counts) SELECT rolled.span, rolled.scope, rolled.name, rolled.at, rolled.counts
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:rolled)), parsed AS MATERIALIZED (SELECT item ->> 'span' AS span, item ->> 'scope' AS scope, item ->> 'name' AS name, item ->> 'at' AS at, item ->> 'counts' AS counts FROM items) SELECT * FROM parsed) AS rolled
WHERE 1 = 1 ON CONFLICT (span, scope, name, at) DO UPDATE SET counts = excluded.counts
""")

FORGET = Statement("rollups:FORGET", """
DELETE FROM queuectl_rollups WHERE queuectl_rollups.span = :of_span AND queuectl_rollups.at < :before_at
""", whole=('of_span', 'before_at'))

TOTALS = Statement("rollups:TOTALS", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
FROM queuectl_tallies GROUP BY queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
""")

SCRAPE = Statement("rollups:SCRAPE", """
SELECT queuectl_rollups.scope, queuectl_rollups.name, queuectl_rollups.counts, queuectl_rollups.at, NULL AS queue, NULL AS task, NULL AS verb, NULL AS source, NULL AS target, NULL AS outcome, NULL AS bucket, NULL AS n, NULL AS ms
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope IN ('store', 'queue', 'schedule', 'uncounted') UNION ALL SELECT NULL AS scope, NULL AS name, NULL AS counts, queuectl_tallies.at, queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source, queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket, CAST(sum(queuectl_tallies.n) AS BIGINT) AS n, CAST(sum(queuectl_tallies.ms) AS BIGINT) AS ms
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

UNCOUNTED = Statement("rollups:UNCOUNTED", """
SELECT queuectl_rollups.counts
FROM queuectl_rollups
WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope = 'uncounted'
""")

MARK_COUNTED = Statement("rollups:MARK_COUNTED", """
DELETE FROM queuectl_rollups WHERE queuectl_rollups.span = 0 AND queuectl_rollups.scope = 'uncounted' AND queuectl_rollups.counts = :seen RETURNING name
""", words=('seen',))

ANY_OLDER_WORKER = Statement("rollups:ANY_OLDER_WORKER", """
SELECT EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.state = 'stopping' AND queuectl_workers.stop = 'now') AS anon_1
""")
