"""How task processes have their worker look at what they have said, where it need not be at once.

Each message of a link would wake the worker: several times what a short task costs. So the worker
waits for the chime, and a process rings it when it has nothing more to do, or after a while.
"""

import contextlib
import socket
import time

WHILE_S = 0.005
"""How late an end may be heard while its process has another run; as of threads (`LATE_MS`)."""


class Chime:
    """The worker's side.

    Attributes:
        rope: What processes ring by.
    """

    def __init__(self) -> None:
        self._reader, self.rope = socket.socketpair()
        self._reader.settimeout(0)
        self.rope.settimeout(0)

    def fileno(self) -> int:
        """Return the descriptor that is readable once somebody has rung."""
        return self._reader.fileno()

    def hush(self) -> None:
        """Forget what rang so far; before the look at what was said."""
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)

    def close(self) -> None:
        """Let go of the descriptors."""
        self._reader.close()
        self.rope.close()


class Rope:
    """A process's side: rings at once, or as soon as the last time is long enough ago."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rung_at = 0.0
        self._is_owed = False

    def ring(self, *, soon: bool) -> None:
        """Ring; later, by the next `ring` or `remind`, unless *soon* or a while has passed."""
        now = time.monotonic()
        self._is_owed = not (soon or now - self._rung_at >= WHILE_S)
        if not self._is_owed:
            self._rung_at = now
            # One that is full wakes as well as one byte more would; one that is shut, nobody.
            with contextlib.suppress(OSError):
                self._end.send(b"c")

    def remind(self) -> None:
        """Ring if that was put off; for a thread that looks from time to time."""
        if self._is_owed:
            self.ring(soon=True)
