"""Where task processes come in: a door, and a secret that only they know.

Whoever comes says the secret and its number, in bytes of a fixed length, before anything that it
sends is read as a message. A stranger can neither be heard nor make this process keep more of it.
"""

import secrets
import socket
from collections import deque

from queuectl_worker.executors.pool.doors import Door, send_at_once
from queuectl_worker.executors.pool.link import Link, Message

Newcomer = tuple[int, Link]

_SECRET_BYTES, _NUMBER_BYTES = 32, 8
_GREETING_BYTES = _SECRET_BYTES + _NUMBER_BYTES
MOST_STRANGERS = 64
"""So many may have come and not greeted; one more, and the oldest has to go."""


class Entrance:
    """Accepts task processes without waiting for any."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._secret = secrets.token_bytes(_SECRET_BYTES)
        self._strangers: deque[_Stranger] = deque()
        self._door.listener.setblocking(False)  # noqa: FBT003  # its only argument, by place alone

    def invitation(self, number: int) -> Message:
        """Return what the process of that number needs to come in."""
        greeting = _greeting(self._secret, number).hex()
        return {"address": self._door.address, "greeting": greeting, "number": number}

    def filenos(self) -> list[int]:
        """Return the descriptors that are readable when somebody comes."""
        return [self._door.listener.fileno(), *(each.end.fileno() for each in self._strangers)]

    def newcomers(self) -> list[Newcomer]:
        """Return those who have said who they are: number and link."""
        found = self._greeted()
        while (stranger := self._accepted()) is not None:
            self._strangers.append(stranger)
            # Before anybody has to go: of many who come at once most have greeted already.
            found += self._greeted()
            if len(self._strangers) > MOST_STRANGERS:
                self._strangers.popleft().end.close()
        return found

    def close(self) -> None:
        """Let nobody in any more."""
        for stranger in self._strangers:
            stranger.end.close()
        self._door.close()

    def _accepted(self) -> "_Stranger | None":
        while True:
            try:
                end, _ = self._door.listener.accept()
            except BlockingIOError:
                return None
            except ConnectionError:  # it came and went
                continue
            end.setblocking(False)  # noqa: FBT003
            send_at_once(end)
            return _Stranger(end)

    def _greeted(self) -> list[Newcomer]:
        found: list[Newcomer] = []
        for stranger in list(self._strangers):
            greeting = stranger.hear()
            if greeting is None:
                continue
            self._strangers.remove(stranger)
            if secrets.compare_digest(greeting[:_SECRET_BYTES], self._secret):
                stranger.end.setblocking(True)  # noqa: FBT003
                found.append((int.from_bytes(greeting[_SECRET_BYTES:]), Link(stranger.end)))
            else:
                stranger.end.close()
        return found


class _Stranger:
    """Somebody who has connected."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._said = b""

    def hear(self) -> bytes | None:
        """Return the greeting; None before all of it has come; short from one who left."""
        try:
            piece = self.end.recv(_GREETING_BYTES - len(self._said))
        except BlockingIOError:
            return None
        except OSError:
            piece = b""
        self._said += piece
        return self._said if not piece or len(self._said) == _GREETING_BYTES else None


def _greeting(secret: bytes, number: int) -> bytes:
    return secret + number.to_bytes(_NUMBER_BYTES)
