"""How fast one caller may change things: far beyond a person's pace, below a runaway script's."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

PER_S = 100.0
BURST = 500
CALLER_CAP = 1024


class Pace:
    """A bucket for each caller: *burst* at once, *per_s* in the long run."""

    def __init__(
        self,
        *,
        per_s: float = PER_S,
        burst: int = BURST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval, self._burst = 1 / per_s, burst
        self._monotonic = monotonic
        self._lock = Lock()
        # When each bucket is full again.
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def admits(self, caller: Hashable) -> bool:
        """Take one from the bucket of *caller*; False where it is empty."""
        now = self._monotonic()
        with self._lock:
            full_at = max(now, self._full_at.get(caller, now)) + self._interval
            if full_at - now > self._burst * self._interval:
                return False
            self._full_at[caller] = full_at
            self._full_at.move_to_end(caller)
            if len(self._full_at) > CALLER_CAP:
                self._full_at.popitem(last=False)
            return True
