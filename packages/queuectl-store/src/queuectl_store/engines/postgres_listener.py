"""LISTEN and NOTIFY: a listener that survives a lost connection, a bell that rings seldom."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from queuectl_store.descriptors import readable

_IN_A_ROW = 20
_EVERY_S = 0.02
_ROUNDING_S = 1e-6
_RECONNECT_S = 1.0


class PostgresListener:
    """Waits on a LISTEN connection and on a pipe of its own, for `poke`."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._connection: Any = None
        self._retry_at = 0.0
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)
        self._reconnect()

    def wait(self, timeout_s: float) -> bool:
        """Return True at a notification, a poke, or a new connection, which may have missed one."""
        if self._connection is None and self._reconnect():
            return True
        told = [self._connection.fileno()] if self._connection else []
        ready = readable([self._read_end, *told], timeout_s)
        if self._read_end in ready:
            os.read(self._read_end, 4096)
        if ready.intersection(told):
            self._drain()
        return bool(ready)

    def fileno(self) -> None:
        """Return None: it waits on two descriptors, and one of them changes."""
        return

    def poke(self) -> None:
        """Wake this listener."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._write_end, b"\0")

    def close(self) -> None:
        """Close the connection."""
        self._drop()
        os.close(self._read_end)
        os.close(self._write_end)

    def _reconnect(self) -> bool:
        if time.monotonic() < self._retry_at:
            return False
        self._retry_at = time.monotonic() + _RECONNECT_S
        import psycopg

        try:
            self._connection = self._connect()
            self._connection.execute("LISTEN queuectl")
        except psycopg.Error:
            self._drop()
            return False
        return True

    def _drain(self) -> None:
        import psycopg

        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except psycopg.Error:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class TrailingBell:
    """Rings at once while rings are few; beyond that seldom, and the last one is never swallowed.

    NOTIFY takes a lock that the whole server has one of. Who enqueues faster than this for a
    while has no idle workers to wake.

    Args:
        ring: Called by one thread at a time, and not after `close` has returned.
        in_a_row: Rings that may follow one another at once, after a rest.
        every_s: How often there may be one, in the long run.
    """

    def __init__(
        self,
        ring: Callable[[], None],
        *,
        in_a_row: int = _IN_A_ROW,
        every_s: float = _EVERY_S,
    ) -> None:
        self._ring = ring
        self._every_s, self._credit_s = every_s, in_a_row * every_s
        self._lock = threading.Lock()
        self._ringing = threading.Lock()
        # When what has rung is paid off, at `every_s` a ring.
        self._paid_at = 0.0
        self._later: threading.Timer | None = None
        self._is_closed = False

    def ring(self) -> None:
        """Ring now, or as soon as there is credit again."""
        with self._lock:
            now = time.monotonic()
            paid_at = max(now, self._paid_at) + self._every_s
            wait_s = paid_at - now - self._credit_s
            if wait_s > _ROUNDING_S:
                self._ring_in(wait_s)
                return
            self._paid_at = paid_at
        self._ring_once()

    def close(self) -> None:
        """Ring now if a ring is owed; wait for one that is under way."""
        with self._lock:
            owed, self._later = self._later, None
        if owed is not None:
            owed.cancel()
            self._ring_once()
        with self._ringing:
            self._is_closed = True

    def _ring_in(self, seconds: float) -> None:
        if self._later is None:
            self._later = threading.Timer(seconds, self._ring_later)
            self._later.daemon = True
            self._later.start()

    def _ring_later(self) -> None:
        with self._lock:
            if self._later is None:  # `close` was faster, and has rung
                return
            self._later = None
            self._paid_at += self._every_s
        self._ring_once()

    def _ring_once(self) -> None:
        # What a ring takes from its owner must be given back before the owner lets go of it.
        with self._ringing:
            if not self._is_closed:
                self._ring()
