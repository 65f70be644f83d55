SELECT CAST(pg_advisory_xact_lock(7146253021) AS TEXT) AS locked
