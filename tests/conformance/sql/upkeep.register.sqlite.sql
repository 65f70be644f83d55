INSERT INTO queuectl_workers ("key", state, host, pid, version, concurrency, queues, boot_id,
    lease_ms, lease_until, started_at, seen_at) SELECT :key AS anon_1, 'running', :host AS anon_2,
    :pid AS anon_3, :version AS anon_4, :concurrency AS anon_5, :queues AS anon_6, :boot AS anon_7,
    :lease_ms AS anon_8, :lease_now + :lease_ms AS anon_9, :now AS anon_10, :now AS anon_11
    RETURNING id
