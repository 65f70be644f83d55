INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT filled.name,
    filled.full_at_us, filled.rate, filled.rate_ms, filled.burst, filled.due_at
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:filled)), parsed AS
    MATERIALIZED (SELECT item ->> 'name' AS name, item ->> 'full_at_us' AS full_at_us, item ->>
    'rate' AS rate, item ->> 'rate_ms' AS rate_ms, item ->> 'burst' AS burst, item ->> 'due_at' AS
    due_at FROM items) SELECT * FROM parsed) AS filled
