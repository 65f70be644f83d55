"""Wakes a thread that waits for descriptors, from any thread or signal handler."""

import contextlib
import socket
from collections.abc import Sequence

from queuectl_store.descriptors import readable


class Wake:
    """A flag that `select` can wait for. A socket pair, since Windows cannot select on a pipe."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)  # noqa: FBT003  # its only argument, by place alone

    def set(self) -> None:
        """Wake the waiter, now or when it next waits; harmless after `close`."""
        # A full pair wakes as well as one byte more would.
        with contextlib.suppress(OSError):
            self._writer.send(b"w")

    def wait(self, others: Sequence[int], *, timeout_ms: int) -> bool:
        """Wait until set, until one of *others* is readable, or for the time; True: it was set."""
        own = self._reader.fileno()
        if own not in readable([own, *others], timeout_ms / 1000):
            return False
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
        return True

    def close(self) -> None:
        """Let go of the sockets."""
        self._reader.close()
        self._writer.close()
