INSERT INTO queuectl_jobs ("key", state, queue, priority, max_retries, task, spec, slots, guarded,
    created_at) SELECT :key AS anon_1, :state AS anon_2, :queue AS anon_3, :priority AS anon_4,
    :max_retries AS anon_5, :task AS anon_6, :spec AS anon_7, :slots AS anon_8, :guarded AS anon_9,
    :now AS anon_10
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = :queue AND queuectl_queues.state = 'draining')) ON CONFLICT DO NOTHING
