SELECT (SELECT min(queuectl_tallies.at) AS min_1
FROM queuectl_tallies) AS oldest, (SELECT count(*) AS count_1
FROM (SELECT 1 AS one
FROM queuectl_tallies
LIMIT :at_most OFFSET :param_1) AS few) AS n, :now AS now
