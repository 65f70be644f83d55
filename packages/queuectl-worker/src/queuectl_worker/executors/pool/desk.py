"""Where a task process hears and speaks: the link to its worker, and the counter of claims.

Two orders make that no claim is lost, run twice or killed for another's sake, whatever dies when:
the end of a run is said before the next claim is taken, and the link is looked at in between.
A worker that sends word to leave, and then listens, knows whether the run that it means is the
last one there; and what was taken is said before it runs.
"""

import json
import socket

from queuectl_store.descriptors import readable
from queuectl_worker.executors.pool import counter, handing
from queuectl_worker.executors.pool.chime import Rope
from queuectl_worker.executors.pool.link import LEAVE, LONG, Link, Message, packed

LONG_BYTES = 32 << 10


class Desk:
    """For one thread, but for `remind`."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._outlet: socket.socket | None = None
        self._rope: Rope | None = None

    def be_handed(self) -> None:
        """Wait for the ends of counter and chime, which the worker sends first of all.

        Raises:
            ConnectionError: The worker is gone.
        """
        self._outlet, rope = handing.handed(self._link.end, count=2)
        self._rope = Rope(rope)

    def wait(self) -> Message | None:
        """Return the next claim that the worker sends; None: it wants no more runs here."""
        messages = self._link.receive(wait=True)
        return None if LEAVE in messages or not messages else messages[0]

    def say(self, message: Message, *, soon: bool = True) -> None:
        """Send *message*, to be heard at once or, unless *soon*, within a while."""
        body = packed(message)
        if self._rope is not None and len(body) > LONG_BYTES:
            # What the socket does not hold waits to be read, and nobody rings meanwhile.
            self._link.send(LONG)
            self._rope.ring(soon=True)
        self._link.send_packed(body)
        if self._rope is not None:
            self._rope.ring(soon=soon)

    def remind(self) -> None:
        """Have heard what need not be heard at once; from any thread."""
        if self._rope is not None:
            self._rope.remind()

    def may_take(self) -> bool:
        """Tell whether a claim lies on the counter, for now."""
        return self._outlet is not None and _is_readable(self._outlet)

    def take(self) -> Message | None:
        """Take the next claim from the counter; None where there is none, or the worker speaks."""
        if self._outlet is None or _is_readable(self._link):
            return None
        body = counter.taken(self._outlet)
        return None if body is None else json.loads(body)


def _is_readable(end: socket.socket | Link) -> bool:
    return bool(readable([end.fileno()], 0))
