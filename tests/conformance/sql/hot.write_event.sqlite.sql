INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT :now AS anon_1, :job_id AS
    anon_2, :verb AS anon_3, :state AS anon_4, :attempt AS anon_5, 0 AS anon_6
