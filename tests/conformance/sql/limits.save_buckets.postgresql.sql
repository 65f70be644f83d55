UPDATE queuectl_buckets SET full_at_us=filled.full_at_us, rate=filled.rate, rate_ms=filled.rate_ms,
    burst=filled.burst, due_at=filled.due_at FROM json_to_recordset(CAST(%(filled)s::VARCHAR AS
    JSON)) AS filled(name TEXT, full_at_us BIGINT, rate INTEGER, rate_ms BIGINT, burst INTEGER,
    due_at BIGINT) WHERE queuectl_buckets.name = filled.name RETURNING queuectl_buckets.name
