"""Calls that are made at their time, by one thread."""

import heapq
import itertools
import threading
from collections.abc import Callable

from queuectl_worker.timing import monotonic_ms

# Of those that were dropped so many may stay in the heap, or as many as there are others.
_FEW = 1_000


class Alarm:
    """One call that is due; *call* is None once it was dropped."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call


class Alarms:
    """A clock that rings; `set` is for any thread. What it calls must return at once."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Alarm]] = []
        self._order = itertools.count()
        self._dropped = 0
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="queuectl-alarms", daemon=True)

    def __len__(self) -> int:
        """How many it keeps, those included that were dropped and are still there."""
        return len(self._due)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def set(self, at_ms: int, call: Callable[[], None]) -> Alarm:
        """Call *call* at *at_ms* (monotonic); what it has to say no more it finds out itself."""
        alarm = Alarm(call)
        with self._changed:
            heapq.heappush(self._due, (at_ms, next(self._order), alarm))
            if self._due[0][2] is alarm:
                self._changed.notify()
        return alarm

    def drop(self, alarm: Alarm | None) -> None:
        """Forget *alarm* and all that it holds, long before it is due."""
        if alarm is None or alarm.call is None:
            return
        alarm.call = None
        with self._changed:
            self._dropped += 1
            if self._dropped > _FEW and self._dropped * 2 > len(self._due):
                self._due = [each for each in self._due if each[2].call is not None]
                heapq.heapify(self._due)
                self._dropped = 0

    def close(self) -> None:
        """Ring no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _run(self) -> None:
        while (alarm := self._next()) is not None:
            if (call := alarm.call) is not None:
                call()

    def _next(self) -> Alarm | None:
        with self._changed:
            while not self._is_closed:
                wait_ms = self._due[0][0] - monotonic_ms() if self._due else None
                if wait_ms is not None and wait_ms <= 0:
                    alarm = heapq.heappop(self._due)[2]
                    self._dropped -= alarm.call is None
                    return alarm
                self._changed.wait(None if wait_ms is None else wait_ms / 1000)
        return None
