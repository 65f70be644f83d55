INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT filled.name,
    filled.full_at_us, filled.rate, filled.rate_ms, filled.burst, filled.due_at
FROM json_to_recordset(CAST(%(filled)s::VARCHAR AS JSON)) AS filled(name TEXT, full_at_us BIGINT,
    rate INTEGER, rate_ms BIGINT, burst INTEGER, due_at BIGINT)
