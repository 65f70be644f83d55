UPDATE queuectl_jobs SET unique_live=%(unique_live)s::INTEGER WHERE queuectl_jobs.unique_live = 1
    AND queuectl_jobs.unique_slot IN (SELECT taken_slots.slot
FROM json_to_recordset(CAST(%(taken_slots)s::VARCHAR AS JSON)) AS taken_slots(slot TEXT)) AND
    queuectl_jobs.state IN ('cancelled', 'dead', 'succeeded') AND queuectl_jobs.unique_until <=
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))
