INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT
    %(of_bucket)s::VARCHAR AS anon_1, 0, %(count)s::INTEGER AS anon_2, %(per)s::BIGINT AS anon_3,
    %(at_once)s::INTEGER AS anon_4, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) AS anon_5
