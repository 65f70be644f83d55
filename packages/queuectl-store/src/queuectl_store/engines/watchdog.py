"""A deadline for calls that block in the driver: past it, the socket is shut down under them.

A server behind a black hole blocks the driver for ever, whatever its own timeouts say.
"""

import contextlib
import os
import socket
import threading
import time
from typing import Any, Protocol


class Closable(Protocol):
    """A connection that is closed, or returned, at the end of what it does."""

    @property
    def closed(self) -> bool:
        """Whether it is."""
        ...


class Watchdog:
    """Watches transactions; one thread, started with the first of them."""

    def __init__(self) -> None:
        self._watched: dict[Closable, tuple[float, Any]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def guard(self, connection: Closable, driver_connection: Any, *, seconds: float) -> None:
        """Give *connection* *seconds* to end what it has begun.

        A connection that was closed or returned in time is found closed and forgotten.
        """
        with self._changed:
            self._watched[connection] = (time.monotonic() + seconds, driver_connection)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="store-watchdog", daemon=True
                )
                self._thread.start()
                return
            if len(self._watched) > 64:
                self._forget_closed()

    def close(self) -> None:
        """Stop watching."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                self._forget_closed()
                self._cut_overdue()
                self._changed.wait(0.5)

    def _forget_closed(self) -> None:
        for connection in [each for each in self._watched if each.closed]:
            del self._watched[connection]

    def _cut_overdue(self) -> None:
        now = time.monotonic()
        for connection, (deadline, raw) in list(self._watched.items()):
            if now >= deadline:
                del self._watched[connection]
                _cut(raw)


def _cut(driver_connection: Any) -> None:
    # The driver owns its descriptor: shut down a duplicate, and let the driver see the end.
    with contextlib.suppress(Exception):  # it may have been closed meanwhile
        duplicate = os.dup(driver_connection.fileno())
        with socket.socket(fileno=duplicate) as end:
            end.shutdown(socket.SHUT_RDWR)
