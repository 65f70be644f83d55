SELECT pg_try_advisory_xact_lock(7146253023) AS anon_1
