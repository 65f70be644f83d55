INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, ended.job_id, ended.verb, ended.state, ended.number - coalesce(ended.unused, 0) AS
    anon_2, :worker AS anon_3, ended.note, 0 AS anon_4
FROM temp.queuectl_ended AS ended
