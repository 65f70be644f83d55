"""The statements of filters.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

STATE = Statement("filters:STATE", """
queuectl_jobs.state = '?'
""")

STATES = Statement("filters:STATES", """
queuectl_jobs.state IN ('?', '?')
""")

QUEUES = Statement("filters:QUEUES", """
queuectl_jobs.queue IN (__[POSTCOMPILE_of_queues])
""", words=('of_queues',), lists=('of_queues',))

TASK = Statement("filters:TASK", """
queuectl_jobs.task = :of_task
""", words=('of_task',))

NAME = Statement("filters:NAME", """
queuectl_jobs.name = :of_name
""", words=('of_name',))

FINGERPRINT = Statement("filters:FINGERPRINT", """
queuectl_jobs.fingerprint = :of_fingerprint
""", words=('of_fingerprint',))

GROUP = Statement("filters:GROUP", """
queuectl_jobs.group_id = (SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.name = :of_group)
""", words=('of_group',))

SINCE = Statement("filters:SINCE", """
queuectl_jobs.created_at >= :since
""", whole=('since',))

RAN_SINCE = Statement("filters:RAN_SINCE", """
queuectl_jobs.token > 0 AND (queuectl_jobs.state = 'running' OR queuectl_jobs.finished_at >= :ran_since OR queuectl_jobs.finished_at IS NULL AND (EXISTS (SELECT 1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id AND queuectl_attempts.finished_at >= :ran_since)))
""", whole=('ran_since',))

BEFORE = Statement("filters:BEFORE", """
queuectl_jobs.id < :before
""", whole=('before',))

TAG = Statement("filters:TAG", """
(queuectl_jobs.spec -> 'tags' ->> :of_tag) = :of_value
""", words=('of_tag', 'of_value'))

HAS_TAGS = Statement("filters:HAS_TAGS", """
NOT (EXISTS (SELECT 1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:wanted_tags)), parsed AS MATERIALIZED (SELECT item ->> 'tag' AS tag, item ->> 'value' AS value FROM items) SELECT * FROM parsed) AS wanted_tags
WHERE (queuectl_jobs.spec -> 'tags' ->> wanted_tags.tag) IS NOT wanted_tags.value))
""")

SEARCH = Statement("filters:SEARCH", """
((lower(queuectl_jobs.spec) LIKE '%' || lower(:in_spec) || '%' ESCAPE '/') OR (lower(queuectl_jobs.spec) LIKE '%' || lower(:in_argv) || '%' ESCAPE '/') OR (lower(queuectl_jobs.name) LIKE '%' || lower(:in_text) || '%' ESCAPE '/') OR (lower(queuectl_jobs.task) LIKE '%' || lower(:in_text) || '%' ESCAPE '/') OR (lower(queuectl_jobs.note) LIKE '%' || lower(:in_text) || '%' ESCAPE '/'))
""")
