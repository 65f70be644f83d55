-- Written by the program of schema 0004: a job in each state, in two queues.
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes, log_lost)
    VALUES (1, 1, 1, 'succeeded', 1, 1800000000000, 1800000000000, NULL, NULL, NULL, NULL, NULL, 3, 0);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes, log_lost)
    VALUES (2, 1, 1, 'failed', 1, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes, log_lost)
    VALUES (3, 1, 1, 'failed', 1, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes, log_lost)
    VALUES (4, 1, 1, 'cancelled', 1, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes, log_lost)
    VALUES (5, 1, 1, 'failed', 1, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO queuectl_dependencies
    (child_id, clause, parent_id, needs, met)
    VALUES (11, 0, 10, 'success', 0);
INSERT INTO queuectl_environments
    (id, digest, body)
    VALUES (1, 'c73dd9fca58e98a9585e9df9e8bcde99fed2bb2f058b328bf119704a2b819b5d', '{"A":"1"}');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (1, 1800000000000, 1, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (2, 1800000000000, 2, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (3, 1800000000000, 3, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (4, 1800000000000, 4, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (5, 1800000000000, 5, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (6, 1800000000000, 6, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (7, 1800000000000, 1, 'claim', 'running', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (8, 1800000000000, 2, 'claim', 'running', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (9, 1800000000000, 3, 'claim', 'running', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (10, 1800000000000, 4, 'claim', 'running', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (11, 1800000000000, 5, 'claim', 'running', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (12, 1800000000000, 6, 'claim', 'running', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (13, 1800000000000, 1, 'succeed', 'succeeded', 1, 1, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (14, 1800000000000, 2, 'die', 'dead', 1, 1, 'exit code 3', 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (15, 1800000000000, 3, 'back_off', 'retrying', 1, 1, 'exit code 1', 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (16, 1800000000000, 4, 'stop', 'cancelled', 0, 1, 'cancelled', 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (17, 1800000000000, 5, 'back_off', 'retrying', 1, 1, 'exit code 1', 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (18, 1800000000000, 7, 'enqueue', 'scheduled', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (19, 1800000000000, 8, 'enqueue', 'held', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (20, 1800000000000, 9, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (21, 1800000000000, 10, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (22, 1800000000000, 11, 'enqueue', 'blocked', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (23, 1800000000000, 12, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note, tx)
    VALUES (24, 1800000000000, 13, 'enqueue', 'pending', 0, NULL, NULL, 0);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (1, 'vXF9hEjc4TNe.0', 'succeeded', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, 1800000000000, 1, 1, NULL, NULL, '{"shell":"true"}', NULL, '{"a": 1}', NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (2, 'vXF9hEjc4TNe.1', 'dead', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, 1800000000000, 1, 1, NULL, NULL, '{"shell":"true"}', 'exit code 3', NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, '7397ccce9093', NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (3, 'vXF9hEjc4TNe.2', 'retrying', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, 1800000060000, 1800000000000, NULL, 1, 1, NULL, NULL, '{"shell":"true"}', 'exit code 1', NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (4, 'vXF9hEjc4TNe.3', 'cancelled', 'default', 0, 0, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, 1800000000000, 1, 1, NULL, NULL, '{"shell":"true"}', 'cancelled', NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (5, 'vXF9hEjc4TNe.4', 'retrying', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, 1800000060000, 1800000000000, NULL, 1, 1, NULL, NULL, '{"shell":"true"}', 'exit code 1', NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (6, 'vXF9hEjc4TNe.5', 'running', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, NULL, 1, 1, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (7, 'uv9brFJoTx5w.0', 'scheduled', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, 1800003600000, NULL, NULL, NULL, NULL, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (8, 'g9AEn5WSzGgL.0', 'held', 'slow', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (9, 'nLBvFh2wEdAw.0', 'pending', 'slow', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, 'mail.send', '{"task":"mail.send","args":[1]}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (10, 'BqKnK7B17fUb.0', 'pending', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"argv":["printf","%s","\udcff"]}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 1, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (11, 'TW_5XKAYdRJ2.0', 'blocked', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 1, 'cancel', NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (12, 'VzQ3eH2czQus.0', 'pending', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL, 2, 1, 'k', NULL, NULL, NULL, NULL, 'u', 'queue:default u', 1, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress, slots, guarded, concurrency_key, resources, allotted, waits_for, group_id, unique_key, unique_slot, unique_live, unique_until, unique_waiting, unmet, on_dep_failure, cancelled_for, has_children, children_due, fingerprint, was, pending_at)
    VALUES (13, 'qKZypRS5I9nd.0', 'pending', 'slow', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, 'report', '{"task":"report","kwargs":{"of":"May"},"tags":{"t":"1"}}', NULL, NULL, NULL, 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'back_off', 'running', 'retrying', 'failed', -1, 2, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'claim', 'pending', 'running', '', 0, 6, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'die', 'running', 'dead', 'failed', -1, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'enqueue', '', 'blocked', '', -1, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'enqueue', '', 'pending', '', -1, 8, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'enqueue', '', 'scheduled', '', -1, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'stop', 'running', 'cancelled', 'cancelled', -1, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'default', '', 'succeed', 'running', 'succeeded', 'succeeded', 0, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'slow', '', 'enqueue', '', 'held', '', -1, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'slow', 'mail.send', 'enqueue', '', 'pending', '', -1, 1, 0);
INSERT INTO queuectl_tallies
    (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    VALUES (1800000000000, 0, 'slow', 'report', 'enqueue', '', 'pending', '', -1, 1, 0);
INSERT INTO queuectl_workers
    (id, key, state, host, pid, version, concurrency, queues, boot_id, lease_ms, lease_until, stop, started_at, seen_at)
    VALUES (1, '0q--le6b-jeIHzRt', 'running', 'host-a', 4711, '0', 4, NULL, 'boot-1', 15000, 1015000, NULL, 1800000000000, 1800000000000);
