"""The statements of limits.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

QUEUE = Statement("limits:QUEUE", """
SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency, queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms, queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms, queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.name = :of
""", words=('of',))

QUEUES = Statement("limits:QUEUES", """
SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency, queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms, queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms, queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues ORDER BY queuectl_queues.name
""")

RESOURCES = Statement("limits:RESOURCES", """
SELECT queuectl_resources.name, queuectl_resources.capacity
FROM queuectl_resources ORDER BY queuectl_resources.name
""")

RUNNING = Statement("limits:RUNNING", """
SELECT queuectl_jobs.queue, queuectl_jobs.concurrency_key, queuectl_jobs.group_id, queuectl_jobs.allotted, count(*) AS n
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' GROUP BY queuectl_jobs.queue, queuectl_jobs.concurrency_key, queuectl_jobs.group_id, queuectl_jobs.allotted
""")

GROUPS = Statement("limits:GROUPS", """
SELECT queuectl_groups.id, queuectl_groups.name, queuectl_groups.concurrency, queuectl_groups.halted
FROM queuectl_groups JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ids)), parsed AS MATERIALIZED (SELECT item ->> 'id' AS id FROM items) SELECT * FROM parsed) AS ids ON queuectl_groups.id = ids.id
""")

BUCKETS_NAMED = Statement("limits:BUCKETS_NAMED", """
SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate, queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS names ON queuectl_buckets.name = names.name
""")
