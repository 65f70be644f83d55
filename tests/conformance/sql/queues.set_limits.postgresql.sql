UPDATE queuectl_queues SET concurrency=%(to_concurrency)s::BIGINT,
    key_concurrency=%(to_key_concurrency)s::BIGINT, rate=%(to_rate)s::BIGINT,
    rate_ms=%(to_rate_ms)s::BIGINT, rate_burst=%(to_rate_burst)s::BIGINT,
    key_rate=%(to_key_rate)s::BIGINT, key_rate_ms=%(to_key_rate_ms)s::BIGINT,
    key_rate_burst=%(to_key_rate_burst)s::BIGINT WHERE queuectl_queues.name = %(of)s::VARCHAR
    RETURNING queuectl_queues.name
