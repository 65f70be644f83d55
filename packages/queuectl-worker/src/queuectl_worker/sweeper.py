"""Looks once a second at what waits for limits, in case nobody else let it go."""

from collections.abc import Callable

from queuectl_store import Store
from queuectl_worker.timing import monotonic_ms

EACH_MS = 1_000
FORGET_EACH_MS = 600_000
MOST_BOOST = 1_024


class Sweeper:
    """Remembers where the last sweep ended, and what did not help.

    Args:
        is_hungry: Tells whether this worker has free slots and found nothing to claim.
    """

    def __init__(self, store: Store, *, is_hungry: Callable[[], bool]) -> None:
        self._store, self._is_hungry = store, is_hungry
        self._after = ""
        self._boosts: dict[str, int] = {}
        self._next_ms = monotonic_ms() + EACH_MS
        self._forget_ms = monotonic_ms() + FORGET_EACH_MS

    def sweep_if_due(self, *, has_waiting: bool) -> None:
        """Sweep if jobs wait for limits, unless the last time was less than a second ago."""
        now_ms = monotonic_ms()
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + EACH_MS
        if has_waiting:
            self._sweep()
        else:
            self._after, self._boosts = "", {}
        if now_ms >= self._forget_ms:
            self._forget_ms = now_ms + FORGET_EACH_MS
            self._store.limits.forget_full_buckets()

    def _sweep(self) -> None:
        is_hungry = self._is_hungry()
        swept = self._store.limits.sweep(self._after, boosts=self._boosts, is_hungry=is_hungry)
        self._after = swept.after
        # Room that is still there the next time was not taken by those that were let go: they
        # may be in a queue that nobody serves. Twice as many then, until somebody takes it.
        self._boosts = {
            name: min(self._boosts.get(name, 1) * 2, MOST_BOOST)
            for name in swept.found
            if is_hungry
        }
