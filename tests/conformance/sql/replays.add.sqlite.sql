INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst, due_at) SELECT :of_bucket AS
    anon_1, 0, :count AS anon_2, :per AS anon_3, :at_once AS anon_4, :now AS anon_5
