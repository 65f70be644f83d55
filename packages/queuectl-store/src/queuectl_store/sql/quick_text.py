"""What the quick lane goes by, as `scripts/quick_lane.py` takes it from statements and settings."""
# ruff: noqa: E501

HEAD = "0005"
DEFAULTS = {
    "queue": "default",
    "max_retries": "3",
    "timeout": "none",
    "backoff_base": "2",
    "backoff_max": "6h",
    "backoff_jitter": "0.1",
    "env_pass": "PATH HOME USER LOGNAME SHELL LANG LANGUAGE LC_* TZ TERM TMPDIR TMP TEMP DISPLAY WAYLAND_DISPLAY XDG_* VIRTUAL_ENV CONDA_* PYENV_* NVM_* JAVA_HOME GOPATH CARGO_HOME RUSTUP_HOME PYTHONPATH PYTHONUTF8 LD_LIBRARY_PATH CUDA_* NVIDIA_* OMP_* SSL_CERT_* SYSTEMROOT WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES* USERPROFILE USERNAME COMPUTERNAME HOMEDRIVE HOMEPATH NUMBER_OF_PROCESSORS PROCESSOR_* PSMODULEPATH",
    "durability": "full",
}
SCHEMA_VERSION = """
SELECT version_num
FROM queuectl_schema_version
"""
SETTINGS = """
SELECT queuectl_settings.name, queuectl_settings.value
FROM queuectl_settings ORDER BY queuectl_settings.name
"""
QUEUE = """
SELECT queuectl_queues.name, queuectl_queues.state, queuectl_queues.concurrency, queuectl_queues.key_concurrency, queuectl_queues.rate, queuectl_queues.rate_ms, queuectl_queues.rate_burst, queuectl_queues.key_rate, queuectl_queues.key_rate_ms, queuectl_queues.key_rate_burst, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.name = :of
"""
ENVIRONMENT_ID = """
SELECT queuectl_environments.id
FROM queuectl_environments
WHERE queuectl_environments.digest = :of
"""
ADD_ENVIRONMENT = """
INSERT INTO queuectl_environments (digest, body) VALUES (:digest, :body) RETURNING id
"""
ENQUEUE = """
INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded, created_at, timeout_ms, environment_id, name, concurrency_key, resources, run_at, group_id, unique_key, unique_slot, on_dep_failure, unique_live, unique_waiting, unmet, has_children, unique_until) SELECT new_jobs."key", new_jobs.state, new_jobs.queue, new_jobs.priority, new_jobs.max_retries, new_jobs.task, new_jobs.spec, new_jobs.slots, new_jobs.guarded, :now AS anon_1, new_jobs.timeout_ms, new_jobs.environment_id, new_jobs.name, new_jobs.concurrency_key, new_jobs.resources, coalesce(new_jobs.run_at, :now + new_jobs.delay_ms) AS coalesce_1, new_jobs.group_id, new_jobs.unique_key, new_jobs.unique_slot, new_jobs.on_dep_failure, coalesce(new_jobs.unique_live, 0) AS coalesce_2, coalesce(new_jobs.unique_waiting, 0) AS coalesce_3, coalesce(new_jobs.unmet, 0) AS coalesce_4, coalesce(new_jobs.has_children, 0) AS coalesce_5, :now + new_jobs.unique_ms AS anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:new_jobs)), parsed AS MATERIALIZED (SELECT item ->> 'n' AS n, item ->> 'key' AS key, item ->> 'state' AS state, item ->> 'queue' AS queue, item ->> 'priority' AS priority, item ->> 'max_retries' AS max_retries, item ->> 'timeout_ms' AS timeout_ms, item ->> 'run_at' AS run_at, item ->> 'delay_ms' AS delay_ms, item ->> 'environment_id' AS environment_id, item ->> 'name' AS name, item ->> 'task' AS task, item ->> 'spec' AS spec, item ->> 'slots' AS slots, item ->> 'guarded' AS guarded, item ->> 'concurrency_key' AS concurrency_key, item ->> 'resources' AS resources, item ->> 'group_id' AS group_id, item ->> 'unique_key' AS unique_key, item ->> 'unique_slot' AS unique_slot, item ->> 'unique_live' AS unique_live, item ->> 'unique_ms' AS unique_ms, item ->> 'unique_waiting' AS unique_waiting, item ->> 'unmet' AS unmet, item ->> 'on_dep_failure' AS on_dep_failure, item ->> 'has_children' AS has_children, item ->> 'follows' AS follows FROM items) SELECT * FROM parsed) AS new_jobs
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs."key" = new_jobs."key")) AND (new_jobs.follows = 1 OR NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = new_jobs.queue AND queuectl_queues.state = 'draining'))) ORDER BY new_jobs.n ON CONFLICT DO NOTHING RETURNING id, "key", state, queue, task
"""
WRITE_EVENTS = """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS anon_1, moves.job_id, moves.verb, moves.state, moves.attempt, moves.worker_id, moves.note, 0 AS anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED (SELECT item ->> 'job_id' AS job_id, item ->> 'verb' AS verb, item ->> 'state' AS state, item ->> 'attempt' AS attempt, item ->> 'worker_id' AS worker_id, item ->> 'note' AS note FROM items) SELECT * FROM parsed) AS moves
"""
TALLY = """
INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms) SELECT :now - :now % 60000 AS anon_1, 0 AS anon_2, coalesce(tally.queue, '') AS coalesce_1, coalesce(tally.task, '') AS coalesce_2, coalesce(tally.verb, '') AS coalesce_3, coalesce(tally.source, '') AS coalesce_4, coalesce(tally.target, '') AS coalesce_5, coalesce(tally.outcome, '') AS coalesce_6, coalesce(tally.bucket, -1) AS coalesce_7, tally.n, coalesce(tally.ms, 0) AS coalesce_8
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:tally)), parsed AS MATERIALIZED (SELECT item ->> 'queue' AS queue, item ->> 'task' AS task, item ->> 'verb' AS verb, item ->> 'source' AS source, item ->> 'target' AS target, item ->> 'outcome' AS outcome, item ->> 'bucket' AS bucket, item ->> 'n' AS n, item ->> 'ms' AS ms FROM items) SELECT * FROM parsed) AS tally
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
"""
LIVE_WORKERS = """
SELECT queuectl_workers.id, queuectl_workers."key", queuectl_workers.state, queuectl_workers.host, queuectl_workers.pid, queuectl_workers.version, queuectl_workers.concurrency, queuectl_workers.queues, queuectl_workers.boot_id, queuectl_workers.lease_ms, queuectl_workers.lease_until, queuectl_workers.stop, queuectl_workers.started_at, queuectl_workers.seen_at, (SELECT count(*) AS count_1
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND queuectl_jobs.worker_id = queuectl_workers.id AND queuectl_jobs.queue != 'queuectl.hooks') AS running, CASE WHEN (queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now) THEN :param_1 ELSE :param_2 END AS alive
FROM queuectl_workers
WHERE queuectl_workers.state IN ('running', 'stopping') AND queuectl_workers.boot_id = :boot AND queuectl_workers.lease_until > :lease_now ORDER BY queuectl_workers.id
"""
COMPLETE_RECENT = """
SELECT queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.queue, queuectl_jobs.name, queuectl_jobs.task, queuectl_jobs.spec
FROM queuectl_jobs ORDER BY queuectl_jobs.id DESC
 LIMIT :at_most OFFSET :param_1
"""
COMPLETE_QUEUES = """
SELECT queuectl_queues.name
FROM queuectl_queues ORDER BY queuectl_queues.name
"""
COMPLETE_GROUPS = """
SELECT queuectl_groups.name
FROM queuectl_groups ORDER BY queuectl_groups.id DESC
 LIMIT :at_most OFFSET :param_1
"""
COMPLETE_RESOURCES = """
SELECT queuectl_resources.name
FROM queuectl_resources ORDER BY queuectl_resources.name
"""
COMPLETE_SCHEDULES = """
SELECT queuectl_schedules.name
FROM queuectl_schedules ORDER BY queuectl_schedules.name
"""
COMPLETE_WORKERS = """
SELECT queuectl_workers.id, queuectl_workers.host
FROM queuectl_workers ORDER BY queuectl_workers.id DESC
 LIMIT :at_most OFFSET :param_1
"""
