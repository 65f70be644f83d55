UPDATE queuectl_queues SET concurrency=:to_concurrency, key_concurrency=:to_key_concurrency,
    rate=:to_rate, rate_ms=:to_rate_ms, rate_burst=:to_rate_burst, key_rate=:to_key_rate,
    key_rate_ms=:to_key_rate_ms, key_rate_burst=:to_key_rate_burst WHERE queuectl_queues.name = :of
    RETURNING name
