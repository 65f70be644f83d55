UPDATE queuectl_buckets SET full_at_us=filled.full_at_us, rate=filled.rate, rate_ms=filled.rate_ms,
    burst=filled.burst, due_at=filled.due_at FROM (WITH items(item) AS MATERIALIZED (SELECT value
    FROM json_each(:filled)), parsed AS MATERIALIZED (SELECT item ->> 'name' AS name, item ->>
    'full_at_us' AS full_at_us, item ->> 'rate' AS rate, item ->> 'rate_ms' AS rate_ms, item ->>
    'burst' AS burst, item ->> 'due_at' AS due_at FROM items) SELECT * FROM parsed) AS filled WHERE
    queuectl_buckets.name = filled.name RETURNING name
