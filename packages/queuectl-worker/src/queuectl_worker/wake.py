"""Wakes a thread that waits for descriptors, from any thread or signal handler."""

import contextlib
import select
import socket
from collections.abc import Sequence


class Wake:
    """A flag that `select` can wait for. A socket pair, since Windows cannot select on a pipe."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def set(self) -> None:
        """Wake the waiter, now or when it next waits; harmless after `close`."""
        # A full pair wakes as well as one byte more would.
        with contextlib.suppress(OSError):
            self._writer.send(b"w")

    def wait(self, others: Sequence[int], *, timeout_ms: int) -> bool:
        """Wait until set, one of *others* is readable or the time is over; say whether it was set."""
        ready, _, _ = select.select([self._reader, *others], [], [], timeout_ms / 1000)
        if self._reader not in ready:
            return False
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
        return True

    def close(self) -> None:
        """Let go of the sockets."""
        self._reader.close()
        self._writer.close()
