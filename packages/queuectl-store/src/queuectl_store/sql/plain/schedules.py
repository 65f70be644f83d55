"""The statements of schedules.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ANY_DUE = Statement("schedules:ANY_DUE", """
SELECT EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at <= :now) AS anon_1
""")

DUE = Statement("schedules:DUE", """
SELECT queuectl_schedules.id, queuectl_schedules.name, queuectl_schedules.cron, queuectl_schedules.every_ms, queuectl_schedules.tz, queuectl_schedules.job, queuectl_schedules.missed, queuectl_schedules.window_ms, queuectl_schedules.overlap, queuectl_schedules.paused, queuectl_schedules.revision, queuectl_schedules.next_at, queuectl_schedules.last_slot, queuectl_schedules.last_fired_at, queuectl_schedules.last_job_id, queuectl_schedules.created_at, :now AS now
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at <= :now ORDER BY queuectl_schedules.next_at
 LIMIT :at_most OFFSET :param_1
""", small=('at_most',), fixed={'param_1': 0})

TAKEN = Statement("schedules:TAKEN", """
SELECT queuectl_slots.slot
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = :of AND queuectl_slots.slot >= :since
""", whole=('of', 'since'))

WRITE_SLOTS = Statement("schedules:WRITE_SLOTS", """
INSERT INTO queuectl_slots (schedule_id, slot, until, outcome, job_id, note, at) SELECT marks.schedule_id, marks.slot, marks.until, marks.outcome, marks.job_id, marks.note, :now AS anon_1
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:marks)), parsed AS MATERIALIZED (SELECT item ->> 'schedule_id' AS schedule_id, item ->> 'slot' AS slot, item ->> 'until' AS until, item ->> 'outcome' AS outcome, item ->> 'job_id' AS job_id, item ->> 'note' AS note FROM items) SELECT * FROM parsed) AS marks
""")

MOVE_ON = Statement("schedules:MOVE_ON", """
UPDATE queuectl_schedules SET next_at=moves.next_at, last_slot=coalesce(moves.last_slot, queuectl_schedules.last_slot), last_fired_at=CASE WHEN (moves.job_id IS NOT NULL) THEN :now ELSE queuectl_schedules.last_fired_at END, last_job_id=coalesce(moves.job_id, queuectl_schedules.last_job_id) FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED (SELECT item ->> 'schedule_id' AS schedule_id, item ->> 'next_at' AS next_at, item ->> 'last_slot' AS last_slot, item ->> 'job_id' AS job_id FROM items) SELECT * FROM parsed) AS moves WHERE queuectl_schedules.id = moves.schedule_id
""")

FORGET_SLOTS = Statement("schedules:FORGET_SLOTS", """
DELETE FROM queuectl_slots WHERE queuectl_slots.schedule_id = :of AND queuectl_slots.slot <= (SELECT queuectl_slots.slot
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = :of ORDER BY queuectl_slots.slot DESC
 LIMIT 1 OFFSET :keep)
""", whole=('of',), small=('keep',))

ADD = Statement("schedules:ADD", """
INSERT INTO queuectl_schedules (name, cron, every_ms, tz, job, missed, window_ms, overlap, next_at, created_at) VALUES (:name, :cron, :every_ms, :tz, :job, :missed, :window_ms, :overlap, :next_at, :created_at) RETURNING id, name, cron, every_ms, tz, job, missed, window_ms, overlap, paused, revision, next_at, last_slot, last_fired_at, last_job_id, created_at
""")

ALL = Statement("schedules:ALL", """
SELECT queuectl_schedules.id, queuectl_schedules.name, queuectl_schedules.cron, queuectl_schedules.every_ms, queuectl_schedules.tz, queuectl_schedules.job, queuectl_schedules.missed, queuectl_schedules.window_ms, queuectl_schedules.overlap, queuectl_schedules.paused, queuectl_schedules.revision, queuectl_schedules.next_at, queuectl_schedules.last_slot, queuectl_schedules.last_fired_at, queuectl_schedules.last_job_id, queuectl_schedules.created_at, :now AS now
FROM queuectl_schedules ORDER BY queuectl_schedules.name
""")

NAMED = Statement("schedules:NAMED", """
SELECT queuectl_schedules.id, queuectl_schedules.name, queuectl_schedules.cron, queuectl_schedules.every_ms, queuectl_schedules.tz, queuectl_schedules.job, queuectl_schedules.missed, queuectl_schedules.window_ms, queuectl_schedules.overlap, queuectl_schedules.paused, queuectl_schedules.revision, queuectl_schedules.next_at, queuectl_schedules.last_slot, queuectl_schedules.last_fired_at, queuectl_schedules.last_job_id, queuectl_schedules.created_at, :now AS now
FROM queuectl_schedules
WHERE queuectl_schedules.name = :of
""", words=('of',))

LOCKED = Statement("schedules:LOCKED", """
SELECT queuectl_schedules.id, queuectl_schedules.name, queuectl_schedules.cron, queuectl_schedules.every_ms, queuectl_schedules.tz, queuectl_schedules.job, queuectl_schedules.missed, queuectl_schedules.window_ms, queuectl_schedules.overlap, queuectl_schedules.paused, queuectl_schedules.revision, queuectl_schedules.next_at, queuectl_schedules.last_slot, queuectl_schedules.last_fired_at, queuectl_schedules.last_job_id, queuectl_schedules.created_at, :now AS now
FROM queuectl_schedules
WHERE queuectl_schedules.name = :of
""", words=('of',))

CHANGE = Statement("schedules:CHANGE", """
UPDATE queuectl_schedules SET cron=:new_cron, every_ms=:new_every_ms, tz=:new_tz, job=:new_job, missed=:new_missed, window_ms=:new_window_ms, overlap=:new_overlap, revision=(queuectl_schedules.revision + 1), next_at=:new_next_at WHERE queuectl_schedules.id = :of RETURNING id, name, cron, every_ms, tz, job, missed, window_ms, overlap, paused, revision, next_at, last_slot, last_fired_at, last_job_id, created_at
""", whole=('of',))

SET_PAUSED = Statement("schedules:SET_PAUSED", """
UPDATE queuectl_schedules SET paused=:is_paused, next_at=:from_at WHERE queuectl_schedules.id = :of RETURNING id, name, cron, every_ms, tz, job, missed, window_ms, overlap, paused, revision, next_at, last_slot, last_fired_at, last_job_id, created_at
""", whole=('from_at', 'of'), small=('is_paused',))

REMOVE = Statement("schedules:REMOVE", """
DELETE FROM queuectl_schedules WHERE queuectl_schedules.name = :of RETURNING id
""", words=('of',))

REMOVE_SLOTS = Statement("schedules:REMOVE_SLOTS", """
DELETE FROM queuectl_slots WHERE queuectl_slots.schedule_id = :of
""", whole=('of',))

HISTORY = Statement("schedules:HISTORY", """
SELECT queuectl_slots.schedule_id, queuectl_slots.slot, queuectl_slots.outcome, queuectl_slots.at, queuectl_slots.job_id, queuectl_slots.until, queuectl_slots.note
FROM queuectl_slots
WHERE queuectl_slots.schedule_id = :of ORDER BY queuectl_slots.slot DESC
 LIMIT :at_most OFFSET :param_1
""", whole=('of',), small=('at_most',), fixed={'param_1': 0})
