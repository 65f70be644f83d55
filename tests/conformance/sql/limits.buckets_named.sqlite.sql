SELECT queuectl_buckets.name, queuectl_buckets.full_at_us, queuectl_buckets.rate,
    queuectl_buckets.rate_ms, queuectl_buckets.burst, queuectl_buckets.due_at
FROM queuectl_buckets JOIN (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:names)),
    parsed AS MATERIALIZED (SELECT item ->> 'name' AS name FROM items) SELECT * FROM parsed) AS
    names ON queuectl_buckets.name = names.name
