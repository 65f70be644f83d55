"""The statements of outlook.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

OUTLOOK = Statement("outlook:OUTLOOK", """
SELECT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.children_due = 1)) OR (EXISTS (SELECT 1
FROM queuectl_groups
WHERE queuectl_groups.halted IS NOT NULL AND queuectl_groups.finished_at IS NULL AND ((EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.state IN ('blocked', 'held', 'pending', 'retrying', 'scheduled'))) OR (queuectl_groups.halt LIKE 'now' || '%') AND (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = queuectl_groups.id AND queuectl_jobs.cancel_requested = 0 AND queuectl_jobs.state = 'running'))))) AS has_consequences, EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL) AS has_waiting, (SELECT min(queuectl_jobs.run_at) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'scheduled') - :now AS scheduled, (SELECT min(queuectl_jobs.run_at) AS min_2
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying') - :now AS retrying, (SELECT min(queuectl_schedules.next_at) AS min_3
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0) - :now AS recurring, (SELECT min(queuectl_buckets.due_at) AS min_4
FROM queuectl_buckets
WHERE queuectl_buckets.due_at IS NOT NULL) - :now AS paced
""")
