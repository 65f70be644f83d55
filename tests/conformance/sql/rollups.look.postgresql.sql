SELECT (SELECT min(queuectl_tallies.at) AS min_1
FROM queuectl_tallies) AS oldest, (SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_tallies
LIMIT %(at_most)s::INTEGER) AS few) AS n, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) AS now
