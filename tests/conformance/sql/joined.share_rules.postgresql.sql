SELECT CAST(pg_advisory_xact_lock_shared(7146253020) AS TEXT) AS locked
