"""The store's recent activity, read at most every few seconds for all open pages together."""

import time
from threading import Lock

from queuectl_metrics import Activity, activity
from queuectl_store import Store

# Counting walks the event log: a busy store changes faster than it is worth counting.
REUSE_S = 2.0


class Pulse:
    """Remembers the latest reading."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._latest: Activity | None = None
        self._read_at = 0.0

    def read(self, *, now: int) -> Activity:
        """Return the activity up to about *now*."""
        with self._lock:
            if self._latest is None or time.monotonic() - self._read_at > REUSE_S:
                self._latest = activity(self._store, now=now)
                self._read_at = time.monotonic()
            return self._latest
