INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT filled.name,
    filled.full_at_us, filled.rate, filled.rate_ms, filled.burst, filled.due_at
FROM (SELECT value ->> 'name' AS name, value ->> 'full_at_us' AS full_at_us, value ->> 'rate' AS
    rate, value ->> 'rate_ms' AS rate_ms, value ->> 'burst' AS burst, value ->> 'due_at' AS due_at
    FROM json_each(:filled)) AS filled
