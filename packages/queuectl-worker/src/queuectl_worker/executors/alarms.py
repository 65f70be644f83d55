"""Calls that are made at their time, by one thread."""

import heapq
import itertools
import threading
from collections.abc import Callable

from queuectl_worker.timing import monotonic_ms


class Alarms:
    """A clock that rings; `set` is for any thread. What it calls must return at once."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="queuectl-alarms", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def set(self, at_ms: int, call: Callable[[], None]) -> None:
        """Call *call* at *at_ms* (monotonic); what it has to say no more it finds out itself."""
        with self._changed:
            heapq.heappush(self._due, (at_ms, next(self._order), call))
            self._changed.notify()

    def close(self) -> None:
        """Ring no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            call()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._is_closed:
                wait_ms = self._due[0][0] - monotonic_ms() if self._due else None
                if wait_ms is not None and wait_ms <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(None if wait_ms is None else wait_ms / 1000)
        return None
