"""LISTEN and NOTIFY: a listener that survives a lost connection, a bell that rings seldom."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from queuectl_store.bell import EVERYTHING, heard
from queuectl_store.descriptors import readable

_IN_A_ROW = 20
_EVERY_S = 0.02
_ROUNDING_S = 1e-6
_RECONNECT_S = 1.0
_POKE = b"\0"


class PostgresListener:
    """Waits on a LISTEN connection and on a pair of sockets of its own, for `poke`.

    A connection that was lost is made anew by a thread: whoever waits has other things to wait for.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._connection: Any = None
        self.about = EVERYTHING
        # Not a pipe: Windows cannot select on one.
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)  # noqa: FBT003 (its only argument, by place alone)
        if not self._reconnected():
            self._reconnect_soon()

    def wait(self, timeout_s: float) -> bool:
        """Return True at a notification, a poke, or a new connection, which may have missed one."""
        connection = self._connection
        ready = readable(self.filenos(), max(0.0, timeout_s))
        about = 0
        if self._reader.fileno() in ready:
            self._reader.recv(4096)
            about = EVERYTHING
        if connection is not None and connection.fileno() in ready:
            about |= self._told(connection)
        self.about = about or EVERYTHING
        return bool(about)

    def filenos(self) -> list[int]:
        """Return those of the pair and, while there is one, of the connection."""
        connection = self._connection
        return [self._reader.fileno(), *([] if connection is None else [connection.fileno()])]

    def poke(self) -> None:
        """Wake this listener."""
        with contextlib.suppress(OSError):
            self._writer.send(_POKE)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed.set()
            self._drop()
        self._reader.close()
        self._writer.close()

    def _told(self, connection: Any) -> int:
        """Read what came; return what it is about."""
        import psycopg

        about = 0
        try:
            connection.pgconn.consume_input()
            while (notice := connection.pgconn.notifies()) is not None:
                about |= _about(notice.extra)
        except psycopg.Error:
            self._drop()
            self._reconnect_soon()
        return about

    def _reconnect_soon(self) -> None:
        threading.Thread(target=self._reconnect, name="queuectl-listen", daemon=True).start()

    def _reconnect(self) -> None:
        while not self._reconnected():
            if self._closed.wait(_RECONNECT_S):
                return
        self.poke()

    def _reconnected(self) -> bool:
        import psycopg

        connection = None
        try:
            connection = self._connect()
            connection.execute("LISTEN queuectl")
        except psycopg.Error:
            if connection is not None:
                connection.close()
            return False
        with self._lock:
            self._connection = connection
            if self._closed.is_set():
                self._drop()
        return True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _about(payload: bytes) -> int:
    return heard(int(payload) if payload.isdigit() else 0)


class TrailingBell:
    """Rings at once while rings are few; beyond that seldom, and the last one is never swallowed.

    NOTIFY takes a lock that the whole server has one of. Who enqueues faster than this for a
    while has no idle workers to wake.

    Args:
        ring: Called with what the ring is about by one thread at a time, and not after `close`
            has returned.
        in_a_row: Rings that may follow one another at once, after a rest.
        every_s: How often there may be one, in the long run.
    """

    def __init__(
        self,
        ring: Callable[[int], None],
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
        self._owed = 0
        self._is_closed = False

    def ring(self, about: int) -> None:
        """Ring now, or as soon as there is credit again."""
        if self.may_ring(about):
            self._ring_once(about)

    def may_ring(self, about: int) -> bool:
        """Let the caller ring now; or return False, and ring as soon as there is credit again."""
        with self._lock:
            now = time.monotonic()
            paid_at = max(now, self._paid_at) + self._every_s
            wait_s = paid_at - now - self._credit_s
            if wait_s > _ROUNDING_S:
                self._owed |= about
                self._ring_in(wait_s)
                return False
            self._paid_at = paid_at
            return True

    def close(self) -> None:
        """Ring now if a ring is owed; wait for one that is under way."""
        with self._lock:
            later, self._later = self._later, None
            about, self._owed = self._owed, 0
        if later is not None:
            later.cancel()
            self._ring_once(about)
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
            about, self._owed = self._owed, 0
            self._paid_at += self._every_s
        self._ring_once(about)

    def _ring_once(self, about: int) -> None:
        # What a ring takes from its owner must be given back before the owner lets go of it.
        with self._ringing:
            if not self._is_closed:
                self._ring(about)
