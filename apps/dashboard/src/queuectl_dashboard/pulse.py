"""The store's recent activity, read now and then for all open pages together."""

import time
from threading import Lock

from queuectl_metrics import Activity, activity
from queuectl_store import Store

REUSE_S = 2.0
# Counting walks the event log of a day: it may take a twentieth of the time, however long the log.
SHARE = 20


class Pulse:
    """Remembers the latest reading."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._latest: Activity | None = None
        self._good_until = 0.0

    def read(self, *, now: int) -> Activity:
        """Return the activity up to about *now*; while one caller counts, others get the last."""
        latest = self._latest
        if not self._lock.acquire(blocking=latest is None):
            assert latest is not None
            return latest
        try:
            return self._current(now)
        finally:
            self._lock.release()

    def _current(self, now: int) -> Activity:
        started = time.monotonic()
        if self._latest is None or started > self._good_until:
            self._latest = activity(self._store, now=now)
            ended = time.monotonic()
            self._good_until = ended + max(REUSE_S, SHARE * (ended - started))
        return self._latest
