SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'queuectl_jobs') AS anon_1
