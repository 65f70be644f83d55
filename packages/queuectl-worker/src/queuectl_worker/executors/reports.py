"""Reports of runs in this process, handed to the hot loop by a descriptor that it waits on."""

import contextlib
import socket
import threading
from collections import deque
from typing import Generic, TypeVar

Report = TypeVar("Report")


class Reports(Generic[Report]):
    """A queue of reports with a descriptor; `put` is for any thread."""

    def __init__(self) -> None:
        # A socket pair, since on Windows a pipe cannot be waited on.
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)
        self._waiting: deque[Report] = deque()
        self._lock = threading.Lock()

    def put(self, *reports: Report) -> None:
        """Hand over *reports*; never blocks."""
        with self._lock:
            self._waiting.extend(reports)
        with contextlib.suppress(BlockingIOError, OSError):  # full means that it will wake; or shut
            self._writer.send(b"\0")

    def take(self) -> list[Report]:
        """Return the reports that wait."""
        with contextlib.suppress(BlockingIOError):
            while self._reader.recv(4096):
                pass
        with self._lock:
            reports, self._waiting = list(self._waiting), deque()
        return reports

    def fileno(self) -> int:
        """Return the descriptor that is readable while reports wait."""
        return self._reader.fileno()

    def close(self) -> None:
        """Let go of the descriptors."""
        self._reader.close()
        self._writer.close()
