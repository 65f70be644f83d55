"""Reports of runs in this process, handed to the hot loop by a descriptor that it waits on."""

import contextlib
import socket
import threading
from collections import deque
from typing import Generic, TypeVar

Report = TypeVar("Report")

# How late a report may come while others of its executor wait for their turn. Waking the hot loop
# for each would cost several times what a short task does: it takes the interpreter's lock away.
LATE_MS = 5


class Reports(Generic[Report]):
    """A queue of reports with a descriptor; all but `take` is for any thread."""

    def __init__(self) -> None:
        # A socket pair, since on Windows a pipe cannot be waited on.
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)
        self._waiting: deque[Report] = deque()
        self._lock = threading.Lock()
        self._has_rung = self._is_promised = False

    def put(self, *reports: Report) -> None:
        """Hand over *reports*; never blocks."""
        with self._lock:
            self._waiting.extend(reports)
            self._ring()

    def put_lazily(self, *reports: Report) -> bool:
        """Hand over *reports*, to be noticed at the next `put` or `wake`.

        Returns:
            Whether the caller has to see to it that `wake` is called within `LATE_MS`; if not,
            another caller does already.
        """
        with self._lock:
            self._waiting.extend(reports)
            is_first, self._is_promised = not self._is_promised, True
            return is_first

    def wake(self, *reports: Report) -> None:
        """Let all that was handed over be noticed, and *reports* with it."""
        with self._lock:
            self._waiting.extend(reports)
            self._is_promised = False
            if self._waiting:
                self._ring()

    def take(self) -> list[Report]:
        """Return the reports that wait."""
        with self._lock:
            if self._has_rung:
                self._has_rung = False
                with contextlib.suppress(BlockingIOError):
                    self._reader.recv(16)
            reports, self._waiting = list(self._waiting), deque()
        return reports

    def fileno(self) -> int:
        """Return the descriptor that is readable while reports wait that are to be noticed."""
        return self._reader.fileno()

    def close(self) -> None:
        """Let go of the descriptors."""
        self._reader.close()
        self._writer.close()

    def _ring(self) -> None:
        if not self._has_rung:
            self._has_rung = True
            with contextlib.suppress(OSError):  # it is shut
                self._writer.send(b"\0")
