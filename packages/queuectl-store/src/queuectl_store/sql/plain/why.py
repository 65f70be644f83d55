"""The statements of why.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

PARENTS = Statement("why:PARENTS", """
SELECT queuectl_dependencies.clause, queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met, queuectl_jobs.state
FROM queuectl_dependencies LEFT OUTER JOIN queuectl_jobs ON queuectl_jobs.id = queuectl_dependencies.parent_id
WHERE queuectl_dependencies.child_id = :job ORDER BY queuectl_dependencies.clause, queuectl_dependencies.parent_id
 LIMIT :at_most OFFSET :param_1
""", whole=('job',), small=('at_most',), fixed={'param_1': 0})

AHEAD = Statement("why:AHEAD", """
SELECT count(*) AS count_1
FROM (SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL AND queuectl_jobs.queue = :of_queue AND (queuectl_jobs.priority > :of_priority OR queuectl_jobs.priority = :of_priority AND queuectl_jobs.id < :job)
 LIMIT :at_most OFFSET :param_1) AS first
""", whole=('job',), small=('of_priority', 'at_most'), words=('of_queue',), fixed={'param_1': 0})

RUNNING_IN_QUEUE = Statement("why:RUNNING_IN_QUEUE", """
SELECT queuectl_jobs.id, queuectl_jobs.concurrency_key, queuectl_jobs.group_id, queuectl_jobs.resources
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.queue = :of_queue ORDER BY queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), words=('of_queue',), fixed={'param_1': 0})

RUNNING = Statement("why:RUNNING", """
SELECT queuectl_jobs.id, queuectl_jobs.concurrency_key, queuectl_jobs.group_id, queuectl_jobs.resources
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' ORDER BY queuectl_jobs.id
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

QUEUE = Statement("why:QUEUE", """
SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency, queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms, queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms, queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.name = :of_queue
""", words=('of_queue',))

RESOURCE = Statement("why:RESOURCE", """
SELECT queuectl_resources.capacity
FROM queuectl_resources
WHERE queuectl_resources.name = :of_resource
""", words=('of_resource',))

BUCKET = Statement("why:BUCKET", """
SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate, queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets
WHERE queuectl_buckets.name = :of_bucket
""", words=('of_bucket',))
