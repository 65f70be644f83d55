"""The statements of hooks.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ADD = Statement("hooks:ADD", """
INSERT INTO queuectl_hooks (name, rule, job, url, secret, allow_private, tx, event_id, created_at) VALUES (:name, :rule, :job, :url, :secret, :allow_private, :tx, :event_id, :created_at) RETURNING id, name, rule, job, url, secret, allow_private, paused, note, failures, tx, event_id, created_at
""")

ALL = Statement("hooks:ALL", """
SELECT queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job, queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused, queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id, queuectl_hooks.created_at
FROM queuectl_hooks ORDER BY queuectl_hooks.name
""")

NAMED = Statement("hooks:NAMED", """
SELECT queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job, queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused, queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id, queuectl_hooks.created_at
FROM queuectl_hooks
WHERE queuectl_hooks.name = :of
""", words=('of',))

BY_ID = Statement("hooks:BY_ID", """
SELECT queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job, queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused, queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id, queuectl_hooks.created_at
FROM queuectl_hooks
WHERE queuectl_hooks.id = :of
""", whole=('of',))

LOCKED = Statement("hooks:LOCKED", """
SELECT queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job, queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused, queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id, queuectl_hooks.created_at
FROM queuectl_hooks
WHERE queuectl_hooks.name = :of
""", words=('of',))

REMOVE = Statement("hooks:REMOVE", """
DELETE FROM queuectl_hooks WHERE queuectl_hooks.name = :of RETURNING id
""", words=('of',))

PAUSE = Statement("hooks:PAUSE", """
UPDATE queuectl_hooks SET paused=1, note=:because WHERE queuectl_hooks.id = :of RETURNING id, name, rule, job, url, secret, allow_private, paused, note, failures, tx, event_id, created_at
""", whole=('of',), words=('because',))

RESUME = Statement("hooks:RESUME", """
UPDATE queuectl_hooks SET paused=0, note=:note, tx=:tx, event_id=:event_id WHERE queuectl_hooks.id = :of RETURNING id, name, rule, job, url, secret, allow_private, paused, note, failures, tx, event_id, created_at
""", whole=('tx', 'event_id', 'of'), fixed={'note': None})

ACTIVE = Statement("hooks:ACTIVE", """
SELECT queuectl_hooks.tx, queuectl_hooks.event_id
FROM queuectl_hooks
WHERE queuectl_hooks.paused = 0
""")

LOCK_ACTIVE = Statement("hooks:LOCK_ACTIVE", """
SELECT queuectl_hooks.id, queuectl_hooks.name, queuectl_hooks.rule, queuectl_hooks.job, queuectl_hooks.url, queuectl_hooks.secret, queuectl_hooks.allow_private, queuectl_hooks.paused, queuectl_hooks.note, queuectl_hooks.failures, queuectl_hooks.tx, queuectl_hooks.event_id, queuectl_hooks.created_at
FROM queuectl_hooks
WHERE queuectl_hooks.paused = 0 ORDER BY queuectl_hooks.id
""")

NEWEST_PLACE = Statement("hooks:NEWEST_PLACE", """
SELECT queuectl_events.tx, queuectl_events.id
FROM queuectl_events
WHERE :after_tx = 0 AND queuectl_events.id > :after_id ORDER BY queuectl_events.id DESC
 LIMIT 1 OFFSET :param_1
""", fixed={'param_1': 0})

PLACE_AT = Statement("hooks:PLACE_AT", """
SELECT queuectl_events.tx, queuectl_events.id
FROM queuectl_events
WHERE :after_tx = 0 AND queuectl_events.id > :after_id ORDER BY queuectl_events.id
 LIMIT 1 OFFSET :skipped
""", small=('skipped',))

CANDIDATES = Statement("hooks:CANDIDATES", """
SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note, queuectl_events.tx, queuectl_jobs.queue
FROM queuectl_events JOIN queuectl_jobs ON queuectl_jobs.id = queuectl_events.job_id
WHERE :after_tx = 0 AND queuectl_events.id > :after_id AND queuectl_events.id <= :to_id AND queuectl_events.verb IN (SELECT wanted_verbs.verb
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:wanted_verbs)), parsed AS MATERIALIZED (SELECT item ->> 'verb' AS verb FROM items) SELECT * FROM parsed) AS wanted_verbs) AND queuectl_jobs.queue != :hook_queue ORDER BY queuectl_events.id
""", words=('hook_queue',))

MOVE_ON = Statement("hooks:MOVE_ON", """
UPDATE queuectl_hooks SET failures=:counted, tx=:to_tx, event_id=:to_id WHERE queuectl_hooks.id = :of
""", whole=('to_tx', 'to_id', 'of'), small=('counted',))
