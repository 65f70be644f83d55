"""How hard the crash tests try: QUEUECTL_TEST_KILLS=500 is five times a plain run."""

import os

from queuectl_store import Store

PLAIN_KILLS = 100
KILLS = int(os.environ.get("QUEUECTL_TEST_KILLS", PLAIN_KILLS))
SEED = int(os.environ.get("QUEUECTL_TEST_SEED", "0"))

LEASE_S = 3.0
# Kill, lease, rescue, backoff, run: three times over, on a host that does something else too.
PATIENCE_S = 60.0


def scaled(times: int, store: Store) -> int:
    """Return *times*, which are for a plain run on SQLite, for this store and this run.

    PostgreSQL has a quarter: the workers are the same, and only the store's part is new.
    """
    share = 1 if store.path is not None else 4
    return max(1, times * KILLS // PLAIN_KILLS // share)


# Seconds for which a store is away, and leases in proportion: 60 takes several minutes.
OUTAGE_S = float(os.environ.get("QUEUECTL_TEST_OUTAGE", "13"))
