SELECT CAST(pg_advisory_xact_lock(7146253020) AS TEXT) AS locked
