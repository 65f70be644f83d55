INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    SELECT :now - :now % 60000 AS anon_1, 0 AS anon_2, :queue AS anon_3, :task AS anon_4, :verb AS
    anon_5, :source AS anon_6, :target AS anon_7, :outcome AS anon_8, :bucket AS anon_9, :n AS
    anon_10, :ms AS anon_11
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE
    SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
