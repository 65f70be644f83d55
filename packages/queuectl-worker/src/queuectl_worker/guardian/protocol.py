"""How worker and guardian talk: verbs, report kinds, and framed messages over a socket.

Both processes load this file, the guardian without the package: the standard library only, and
little of it.
"""

from __future__ import annotations

import marshal
import os

# Verbs, worker to guardian.
DEFINE_ENV = "define_env"
LAUNCH = "launch"
STOP = "stop"
STOP_ALL = "stop_all"
RECALL = "recall"
EXTEND = "extend"

# Kinds, guardian to worker. Their fields travel in the order of reports.py.
HELLO = "hello"
STARTED = "started"
ENDED = "ended"
NOT_STARTED = "not_started"
RECALLED = "recalled"

# Why a run did not start.
NOT_FOUND = "not_found"
NOT_EXECUTABLE = "not_executable"
NO_FOLDER = "no_folder"
RESOURCES = "resources"

RUN_TAG = b"QUEUECTL_RUN"

_HEADER_BYTES = 4
_READ_BYTES = 1 << 18


class Channel:
    """One end of the socket; neither sending nor receiving ever blocks.

    marshal needs no import beyond the interpreter and both ends run the same one. Messages carry
    a length because the socket is a stream: a datagram could not exceed the send buffer.
    """

    __slots__ = ("_inbox", "_outbox", "fd", "is_closed")

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        # A job that inherited this end would keep the socket open after its owner's death.
        os.set_inheritable(fd, False)  # noqa: FBT003  positional only
        self.fd = fd
        self.is_closed = False
        self._inbox = bytearray()
        self._outbox = bytearray()

    @property
    def is_backed_up(self) -> bool:
        """Whether bytes wait for the other end to read."""
        return bool(self._outbox)

    def send(self, *messages: tuple[str, object]) -> None:
        """Append *messages* to what leaves next, and write as much as the socket takes."""
        body = marshal.dumps(messages)  # type: ignore[arg-type]  # objects of plain types
        self._outbox += len(body).to_bytes(_HEADER_BYTES, "little")
        self._outbox += body
        self.flush()

    def flush(self) -> None:
        """Write as much as the socket takes now."""
        while self._outbox:
            try:
                written = os.write(self.fd, self._outbox)
            except BlockingIOError:
                return
            except OSError:
                # The other end is gone; reading says so, after the messages it had sent.
                self._outbox.clear()
                return
            del self._outbox[:written]

    def receive(self) -> list[tuple[str, object]]:
        """Return the messages that have arrived; `is_closed` tells when none can follow."""
        while True:
            try:
                piece = os.read(self.fd, _READ_BYTES)
            except BlockingIOError:
                break
            except OSError:
                piece = b""
            self._inbox += piece
            if not piece:
                self.is_closed = True
            if len(piece) < _READ_BYTES:
                break
        return self._unpack()

    def _unpack(self) -> list[tuple[str, object]]:
        messages: list[tuple[str, object]] = []
        at = 0
        while at + _HEADER_BYTES <= len(self._inbox):
            start = at + _HEADER_BYTES
            end = start + int.from_bytes(self._inbox[at:start], "little")
            if end > len(self._inbox):
                break
            messages += marshal.loads(self._inbox[start:end])  # noqa: S302  our own process wrote it
            at = end
        del self._inbox[:at]
        return messages

    def close(self) -> None:
        """Close this end; the other one reads the end of the stream."""
        os.close(self.fd)
        self.is_closed = True
