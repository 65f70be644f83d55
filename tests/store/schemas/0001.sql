-- Written by the program of schema 0001: a job in each state that it knew, with history.
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes)
    VALUES (1, 1, 1, 'succeeded', 1, NULL, 1800000000000, 0, NULL, NULL, 1048576, 5, 4);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes)
    VALUES (2, 1, 1, 'failed', 1, NULL, 1800000000000, 3, NULL, 'exit code 3', NULL, NULL, NULL);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes)
    VALUES (3, 1, 1, 'failed', 1, NULL, 1800000000000, 100, NULL, 'exit code 100', NULL, NULL, NULL);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes)
    VALUES (4, 1, 1, 'cancelled', 1, NULL, 1800000000000, NULL, 15, NULL, NULL, NULL, NULL);
INSERT INTO queuectl_attempts
    (job_id, token, number, state, worker_id, started_at, finished_at, exit_code, signal, error, max_rss, cpu_ms, log_bytes)
    VALUES (5, 1, 1, 'released', 1, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO queuectl_environments
    (id, digest, body)
    VALUES (1, 'c73dd9fca58e98a9585e9df9e8bcde99fed2bb2f058b328bf119704a2b819b5d', '{"A":"1"}');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (1, 1800000000000, 1, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (2, 1800000000000, 2, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (3, 1800000000000, 3, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (4, 1800000000000, 4, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (5, 1800000000000, 5, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (6, 1800000000000, 6, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (7, 1800000000000, 6, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (8, 1800000000000, 1, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (9, 1800000000000, 2, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (10, 1800000000000, 3, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (11, 1800000000000, 4, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (12, 1800000000000, 5, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (13, 1800000000000, 1, 'succeed', 'succeeded', 1, 1, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (14, 1800000000000, 2, 'back_off', 'retrying', 1, 1, 'exit code 3');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (15, 1800000000000, 3, 'die', 'dead', 1, 1, 'exit code 100');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (16, 1800000000000, 4, 'stop', 'cancelled', 0, 1, 'cancelled');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (17, 1800000000000, 5, 'give_back', 'pending', 0, 1, 'shutdown');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (18, 1800000000000, 7, 'enqueue', 'scheduled', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (19, 1800000000000, 8, 'enqueue', 'held', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (20, 1800000000000, 9, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (21, 1800000000000, 10, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (22, 1800000000000, 11, 'enqueue', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (23, 1800000000000, 11, 'cancel', 'cancelled', 0, NULL, 'cancelled by a person');
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (24, 1800000000000, 4, 'rerun', 'pending', 0, NULL, NULL);
INSERT INTO queuectl_events
    (id, at, job_id, verb, state, attempt, worker_id, note)
    VALUES (25, 1800000000000, 4, 'claim', 'running', 1, 1, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (1, 'hNaY95pnLkqbtFBm.0', 'succeeded', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, 1800000000000, 1, 1, 'first', NULL, '{"shell":"echo one","tags":{"k":"v"}}', NULL, '42', NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (2, 'hNaY95pnLkqbtFBm.1', 'retrying', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, 1800000060000, 1800000000000, NULL, 1, NULL, NULL, NULL, '{"shell":"exit 3"}', 'exit code 3', NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (3, 'hNaY95pnLkqbtFBm.2', 'dead', 'default', 0, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, 1800000000000, 1, NULL, NULL, NULL, '{"shell":"exit 100"}', 'exit code 100', NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (4, 'hNaY95pnLkqbtFBm.3', 'running', 'default', 0, 1, 0, 2, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, NULL, 1, NULL, NULL, NULL, '{"shell":"sleep 9"}', NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (5, 'hNaY95pnLkqbtFBm.4', 'pending', 'default', 0, 0, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, 1, NULL, NULL, NULL, '{"shell":"sleep 8"}', 'shutdown', NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (6, 'hNaY95pnLkqbtFBm.5', 'running', 'video', 5, 1, 0, 1, 0, 0, 3, NULL, 1800000000000, NULL, 1800000000000, NULL, 1, NULL, NULL, NULL, '{"shell":"sleep 7"}', NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (7, 'VF5vlshg96pDnST_.0', 'scheduled', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, 1800003600000, NULL, NULL, NULL, NULL, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (8, 'VF5vlshg96pDnST_.1', 'held', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"shell":"true"}', NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (9, 'VF5vlshg96pDnST_.2', 'pending', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, 'mail.send', '{"task":"mail.send","args":[1],"kwargs":{}}', NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (10, 'VF5vlshg96pDnST_.3', 'pending', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{"argv":["printf","%s","\udcff"]}', NULL, NULL, NULL);
INSERT INTO queuectl_jobs
    (id, key, state, queue, priority, attempt, attempt_base, token, crashes, cancel_requested, max_retries, timeout_ms, created_at, run_at, started_at, finished_at, worker_id, environment_id, name, task, spec, note, result, progress)
    VALUES (11, 'VF5vlshg96pDnST_.4', 'cancelled', 'default', 0, 0, 0, 0, 0, 0, 3, NULL, 1800000000000, NULL, NULL, 1800000000000, NULL, 1, NULL, NULL, '{"shell":"true"}', 'cancelled by a person', NULL, NULL);
INSERT INTO queuectl_settings
    (name, value)
    VALUES ('grace', '5s');
INSERT INTO queuectl_workers
    (id, key, state, host, pid, version, concurrency, queues, boot_id, lease_ms, lease_until, stop, started_at, seen_at)
    VALUES (1, 'XXNnsk9lECvB28ip', 'running', 'old-host', 1, '0.1.0', 4, NULL, 'boot-1', 15000, 1015000, NULL, 1800000000000, 1800000000000);
