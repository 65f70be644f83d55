SELECT EXISTS (SELECT 1
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0 AND queuectl_schedules.next_at <= coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS anon_1
