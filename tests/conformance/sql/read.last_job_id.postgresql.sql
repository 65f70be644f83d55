SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM queuectl_jobs_id_seq) AS anon_1
