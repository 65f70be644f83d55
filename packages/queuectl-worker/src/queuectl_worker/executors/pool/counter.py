"""Where claims lie for any task process that has come free: it takes the next one by itself.

A socket of messages that the worker and its processes have open. The kernel gives each message
to one of those who ask: a claim is run by one process or taken back by the worker, never both.
"""

import socket

from queuectl_store import JobId
from queuectl_worker.executors.protocol import RunKey

MOST_BYTES = 64 << 10
"""What is longer goes to a process by its link: not every system's sockets take such messages."""
_NUMBER_BYTES = 8
_HEADER_BYTES = 2 * _NUMBER_BYTES


class Counter:
    """The worker's side; nothing here waits.

    Attributes:
        outlet: What task processes take from, by `taken`.
    """

    def __init__(self) -> None:
        self._inlet, self.outlet = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._inlet.settimeout(0)
        self.outlet.settimeout(0)  # for the processes too: they share it

    def put(self, key: RunKey, body: bytes) -> bool:
        """Lay out a packed claim; False when it is too long, or when no more has room now."""
        if len(body) > MOST_BYTES:
            return False
        try:
            self._inlet.send(b"".join(number.to_bytes(_NUMBER_BYTES) for number in key) + body)
        except OSError:  # EAGAIN on Linux; ENOBUFS or EMSGSIZE on macOS, which takes 2 kB
            return False
        return True

    def take(self) -> tuple[RunKey, bytes] | None:
        """Take back what was laid out first and nobody has taken; None when that is nothing."""
        if (message := _next(self.outlet)) is None:
            return None
        job_id, token = message[:_NUMBER_BYTES], message[_NUMBER_BYTES:_HEADER_BYTES]
        key = JobId(int.from_bytes(job_id)), int.from_bytes(token)
        return key, message[_HEADER_BYTES:]

    def close(self) -> None:
        """Let go of it, and of what lies there."""
        self._inlet.close()
        self.outlet.close()


def taken(outlet: socket.socket) -> bytes | None:
    """Take the next claim, as it was packed, to run it; None when there is none."""
    message = _next(outlet)
    return None if message is None else message[_HEADER_BYTES:]


def _next(outlet: socket.socket) -> bytes | None:
    try:
        return outlet.recv(_HEADER_BYTES + MOST_BYTES)
    except BlockingIOError:
        return None
