"""The statements of checks.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

_WRONG: dict[str, Statement] = {
    "unknown_state": Statement("checks:_WRONG.unknown_state", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE (queuectl_jobs.state NOT IN ('scheduled', 'blocked', 'held', 'pending', 'running', 'retrying', 'succeeded', 'dead', 'cancelled')) ORDER BY queuectl_jobs.id
"""),
    "ended_without_end": Statement("checks:_WRONG.ended_without_end", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('succeeded', 'dead', 'cancelled') AND queuectl_jobs.finished_at IS NULL ORDER BY queuectl_jobs.id
"""),
    "end_without_ended": Statement("checks:_WRONG.end_without_ended", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE (queuectl_jobs.state NOT IN ('cancelled', 'dead', 'succeeded')) AND queuectl_jobs.finished_at IS NOT NULL ORDER BY queuectl_jobs.id
"""),
    "running_for_nobody": Statement("checks:_WRONG.running_for_nobody", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND (queuectl_jobs.worker_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = queuectl_jobs.worker_id))) ORDER BY queuectl_jobs.id
"""),
    "no_environment": Statement("checks:_WRONG.no_environment", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_environments
WHERE queuectl_environments.id = queuectl_jobs.environment_id)) ORDER BY queuectl_jobs.id
"""),
    "no_group": Statement("checks:_WRONG.no_group", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id)) ORDER BY queuectl_jobs.id
"""),
    "attempts_of_nobody": Statement("checks:_WRONG.attempts_of_nobody", """
SELECT queuectl_attempts.job_id
FROM queuectl_attempts
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_attempts.job_id)) ORDER BY queuectl_attempts.job_id
"""),
    "edges_of_nobody": Statement("checks:_WRONG.edges_of_nobody", """
SELECT queuectl_dependencies.child_id
FROM queuectl_dependencies
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_dependencies.child_id)) ORDER BY queuectl_dependencies.child_id
"""),
    "edges_to_nobody": Statement("checks:_WRONG.edges_to_nobody", """
SELECT queuectl_dependencies.child_id
FROM queuectl_dependencies
WHERE queuectl_dependencies.met = 0 AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_dependencies.parent_id)) ORDER BY queuectl_dependencies.child_id
"""),
    "unmet_not_its_edges": Statement("checks:_WRONG.unmet_not_its_edges", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'blocked' AND queuectl_jobs.unmet != (SELECT count(*) AS count_1
FROM (SELECT queuectl_dependencies.child_id AS child_id, queuectl_dependencies.clause AS clause, max(queuectl_dependencies.met) AS best
FROM queuectl_dependencies GROUP BY queuectl_dependencies.child_id, queuectl_dependencies.clause) AS clauses
WHERE clauses.child_id = queuectl_jobs.id AND clauses.best = 0) ORDER BY queuectl_jobs.id
"""),
    "blocked_by_nothing": Statement("checks:_WRONG.blocked_by_nothing", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'blocked' AND queuectl_jobs.unmet <= 0 ORDER BY queuectl_jobs.id
"""),
    "unique_without_slot": Statement("checks:_WRONG.unique_without_slot", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IS NULL ORDER BY queuectl_jobs.id
"""),
    "group_not_finished": Statement("checks:_WRONG.group_not_finished", """
SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.sealed = 1 AND queuectl_groups.finished_at IS NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND (queuectl_jobs.state NOT IN ('succeeded', 'dead', 'cancelled')))) ORDER BY queuectl_groups.id
"""),
    "schedule_without_next": Statement("checks:_WRONG.schedule_without_next", """
SELECT queuectl_schedules.id
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at IS NULL AND queuectl_schedules.every_ms IS NOT NULL ORDER BY queuectl_schedules.id
"""),
    "schedule_without_last": Statement("checks:_WRONG.schedule_without_last", """
SELECT queuectl_schedules.id
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_schedules.last_job_id)) ORDER BY queuectl_schedules.id
"""),
    "events_of_another_server": Statement("checks:_WRONG.events_of_another_server", """
SELECT queuectl_events.id
FROM queuectl_events
WHERE 0 = 1 ORDER BY queuectl_events.id
"""),
}

WRONG: dict[str, Statement] = {
    "unknown_state": Statement("checks:WRONG.unknown_state", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE (queuectl_jobs.state NOT IN ('scheduled', 'blocked', 'held', 'pending', 'running', 'retrying', 'succeeded', 'dead', 'cancelled')) ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "ended_without_end": Statement("checks:WRONG.ended_without_end", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('succeeded', 'dead', 'cancelled') AND queuectl_jobs.finished_at IS NULL ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "end_without_ended": Statement("checks:WRONG.end_without_ended", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE (queuectl_jobs.state NOT IN ('cancelled', 'dead', 'succeeded')) AND queuectl_jobs.finished_at IS NOT NULL ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "running_for_nobody": Statement("checks:WRONG.running_for_nobody", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND (queuectl_jobs.worker_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = queuectl_jobs.worker_id))) ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "no_environment": Statement("checks:WRONG.no_environment", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.environment_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_environments
WHERE queuectl_environments.id = queuectl_jobs.environment_id)) ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "no_group": Statement("checks:WRONG.no_group", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.id = queuectl_jobs.group_id)) ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "attempts_of_nobody": Statement("checks:WRONG.attempts_of_nobody", """
SELECT queuectl_attempts.job_id
FROM queuectl_attempts
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_attempts.job_id)) ORDER BY queuectl_attempts.job_id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "edges_of_nobody": Statement("checks:WRONG.edges_of_nobody", """
SELECT queuectl_dependencies.child_id
FROM queuectl_dependencies
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_dependencies.child_id)) ORDER BY queuectl_dependencies.child_id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "edges_to_nobody": Statement("checks:WRONG.edges_to_nobody", """
SELECT queuectl_dependencies.child_id
FROM queuectl_dependencies
WHERE queuectl_dependencies.met = 0 AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_dependencies.parent_id)) ORDER BY queuectl_dependencies.child_id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "unmet_not_its_edges": Statement("checks:WRONG.unmet_not_its_edges", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'blocked' AND queuectl_jobs.unmet != (SELECT count(*) AS count_1
FROM (SELECT queuectl_dependencies.child_id AS child_id, queuectl_dependencies.clause AS clause, max(queuectl_dependencies.met) AS best
FROM queuectl_dependencies GROUP BY queuectl_dependencies.child_id, queuectl_dependencies.clause) AS clauses
WHERE clauses.child_id = queuectl_jobs.id AND clauses.best = 0) ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "blocked_by_nothing": Statement("checks:WRONG.blocked_by_nothing", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'blocked' AND queuectl_jobs.unmet <= 0 ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "unique_without_slot": Statement("checks:WRONG.unique_without_slot", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.unique_live = 1 AND queuectl_jobs.unique_slot IS NULL ORDER BY queuectl_jobs.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "group_not_finished": Statement("checks:WRONG.group_not_finished", """
SELECT queuectl_groups.id
FROM queuectl_groups
WHERE queuectl_groups.sealed = 1 AND queuectl_groups.finished_at IS NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND (queuectl_jobs.state NOT IN ('succeeded', 'dead', 'cancelled')))) ORDER BY queuectl_groups.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "schedule_without_next": Statement("checks:WRONG.schedule_without_next", """
SELECT queuectl_schedules.id
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at IS NULL AND queuectl_schedules.every_ms IS NOT NULL ORDER BY queuectl_schedules.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "schedule_without_last": Statement("checks:WRONG.schedule_without_last", """
SELECT queuectl_schedules.id
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_schedules.last_job_id)) ORDER BY queuectl_schedules.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
    "events_of_another_server": Statement("checks:WRONG.events_of_another_server", """
SELECT queuectl_events.id
FROM queuectl_events
WHERE 0 = 1 ORDER BY queuectl_events.id
 LIMIT 21 OFFSET :param_1
""", fixed={'param_1': 0}),
}

LARGEST_ID: dict[str, Statement] = {
    "queuectl_environments": Statement("checks:LARGEST_ID.queuectl_environments", """
SELECT coalesce(max(queuectl_environments.id), 0) AS coalesce_1
FROM queuectl_environments
"""),
    "queuectl_events": Statement("checks:LARGEST_ID.queuectl_events", """
SELECT coalesce(max(queuectl_events.id), 0) AS coalesce_1
FROM queuectl_events
"""),
    "queuectl_groups": Statement("checks:LARGEST_ID.queuectl_groups", """
SELECT coalesce(max(queuectl_groups.id), 0) AS coalesce_1
FROM queuectl_groups
"""),
    "queuectl_hooks": Statement("checks:LARGEST_ID.queuectl_hooks", """
SELECT coalesce(max(queuectl_hooks.id), 0) AS coalesce_1
FROM queuectl_hooks
"""),
    "queuectl_jobs": Statement("checks:LARGEST_ID.queuectl_jobs", """
SELECT coalesce(max(queuectl_jobs.id), 0) AS coalesce_1
FROM queuectl_jobs
"""),
    "queuectl_schedules": Statement("checks:LARGEST_ID.queuectl_schedules", """
SELECT coalesce(max(queuectl_schedules.id), 0) AS coalesce_1
FROM queuectl_schedules
"""),
    "queuectl_workers": Statement("checks:LARGEST_ID.queuectl_workers", """
SELECT coalesce(max(queuectl_workers.id), 0) AS coalesce_1
FROM queuectl_workers
"""),
}

LAST_ID: dict[str, Statement] = {
    "queuectl_environments": Statement("checks:LAST_ID.queuectl_environments", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_environments') AS anon_1
"""),
    "queuectl_events": Statement("checks:LAST_ID.queuectl_events", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_events') AS anon_1
"""),
    "queuectl_groups": Statement("checks:LAST_ID.queuectl_groups", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_groups') AS anon_1
"""),
    "queuectl_hooks": Statement("checks:LAST_ID.queuectl_hooks", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_hooks') AS anon_1
"""),
    "queuectl_jobs": Statement("checks:LAST_ID.queuectl_jobs", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_jobs') AS anon_1
"""),
    "queuectl_schedules": Statement("checks:LAST_ID.queuectl_schedules", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_schedules') AS anon_1
"""),
    "queuectl_workers": Statement("checks:LAST_ID.queuectl_workers", """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_workers') AS anon_1
"""),
}

FIRST_WAITING = Statement("checks:FIRST_WAITING", """
SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = :of ORDER BY queuectl_jobs.priority DESC, queuectl_jobs.id
 LIMIT 1 OFFSET :param_1
""", words=('of',), fixed={'param_1': 0})
