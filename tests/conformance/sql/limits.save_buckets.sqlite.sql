UPDATE queuectl_buckets SET full_at_us=filled.full_at_us, rate=filled.rate, rate_ms=filled.rate_ms,
    burst=filled.burst, due_at=filled.due_at FROM (SELECT value ->> 'name' AS name, value ->>
    'full_at_us' AS full_at_us, value ->> 'rate' AS rate, value ->> 'rate_ms' AS rate_ms, value ->>
    'burst' AS burst, value ->> 'due_at' AS due_at FROM json_each(:filled)) AS filled WHERE
    queuectl_buckets.name = filled.name RETURNING name
