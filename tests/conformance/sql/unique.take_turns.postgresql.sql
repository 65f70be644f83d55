SELECT CAST(pg_advisory_xact_lock(7146253022) AS TEXT) AS anon_1
