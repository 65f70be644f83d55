"""How the worker and its task processes talk: JSON objects with a length before each, on a socket.

JSON and nothing else: a task's arguments and results are never unpickled on either side.
"""

import json
import select
import socket
from typing import Any

_HEADER_BYTES = 4
_READ_BYTES = 1 << 16
MOST_BYTES = 64 << 20
# Windows has no such flag: there it is asked first whether anything has come.
_AT_ONCE = getattr(socket, "MSG_DONTWAIT", 0)

# The variable by which a task process learns where its worker listens.
SETTING = "QUEUECTL_POOL"
PROGRAM = "queuectl_worker.taskprocess"

Message = dict[str, Any]

# What the worker says to a process that shall run nothing more.
LEAVE: Message = {"leave": True}
# What a process says before a message that is to be read while it is still being sent.
LONG: Message = {"said": "long"}


def packed(message: Message) -> bytes:
    """Return *message* as it is sent."""
    return json.dumps(message, separators=(",", ":")).encode()


class Link:
    """One end. `send` blocks until the other end reads; `receive` takes what has arrived.

    Attributes:
        end: The socket.
    """

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._inbox = bytearray()
        self.is_closed = False

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self.end.fileno()

    def send(self, message: Message) -> None:
        """Send *message*; nothing happens when the other end is gone: reading tells."""
        self.send_packed(packed(message))

    def send_packed(self, body: bytes) -> None:
        """Send a message as `packed` makes it."""
        try:
            self.end.sendall(len(body).to_bytes(_HEADER_BYTES, "little") + body)
        except OSError:
            self.is_closed = True

    def receive(self, *, wait: bool) -> list[Message]:
        """Return the messages that have arrived; `is_closed` tells that none can follow.

        Args:
            wait: Block until there is at least one, or the other end is gone.
        """
        messages = self._unpack()
        while not self.is_closed and not (messages and wait):
            try:
                if not wait and not _AT_ONCE and not self._has_arrived():
                    break
                piece = self.end.recv(_READ_BYTES, 0 if wait else _AT_ONCE)
            except BlockingIOError:
                break
            except OSError:
                piece = b""
            self.is_closed = not piece
            self._inbox += piece
            messages += self._unpack()
        return messages

    def close(self) -> None:
        """Close this end."""
        self.is_closed = True
        self.end.close()

    def _has_arrived(self) -> bool:
        return bool(select.select([self.end], [], [], 0)[0])

    def _unpack(self) -> list[Message]:
        messages, at = [], 0
        while at + _HEADER_BYTES <= len(self._inbox):
            start = at + _HEADER_BYTES
            length = int.from_bytes(self._inbox[at:start], "little")
            if length > MOST_BYTES:
                self.is_closed = True
                break
            if start + length > len(self._inbox):
                break
            messages.append(json.loads(self._inbox[start : start + length]))
            at = start + length
        del self._inbox[:at]
        return messages
