WITH RECURSIVE waited_for(name, n) AS
(SELECT min(queuectl_jobs.waits_for) AS name, 1 AS n
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for > :after_name UNION ALL SELECT
    (SELECT min(queuectl_jobs.waits_for) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL AND queuectl_jobs.waits_for > waited_for.name) AS anon_1,
    waited_for.n + :n_1 AS anon_2
FROM waited_for
WHERE waited_for.name IS NOT NULL AND waited_for.n < :at_most)
SELECT waited_for.name
FROM waited_for
WHERE waited_for.name IS NOT NULL
