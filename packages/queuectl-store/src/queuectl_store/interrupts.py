"""Exceptions that one thread raises in another, and what they may not cut.

A worker ends a task in a thread by an exception that Python delivers at some instruction of that
thread: from Python 3.14 on also between the one that takes a lock and the block that would give
it back, most likely to a thread that waits for the lock. Nobody would ever get it again. So what
takes locks that other threads need is `UNBROKEN`, and the exception comes after it.
"""

import threading
import time

_ARRIVES_WITHIN_S = 1.0


class Gate:
    """Lets one exception into a thread, between parts that are not to be cut.

    It is closed at first. Whoever takes its one token decides: the thread, which puts it back after
    such a part and keeps it at the end of what may be interrupted, or the one that interrupts.
    """

    __slots__ = ("_depth", "_tokens")

    def __init__(self) -> None:
        self._tokens: list[None] = []
        self._depth = 0

    def __enter__(self) -> None:
        """Open it for this thread: what follows may be interrupted."""
        _here.gate = self
        self._tokens.append(None)

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_closed(self) -> bool:
        """Whether nothing may come in now."""
        return not self._tokens

    def take(self) -> bool:
        """Take the token, once, to interrupt the thread; False while that may not be."""
        try:
            self._tokens.pop()  # one instruction of the interpreter: two threads never both get it
        except IndexError:
            return False
        return True

    def close(self) -> None:
        """Let nothing in from here on, but for what is on its way; for the thread itself."""
        if not self._depth and not self.take():
            _let_it_arrive()
        self._depth += 1

    def open(self) -> None:
        """End what `close` began; for the thread itself."""
        self._depth -= 1
        if not self._depth:
            self._tokens.append(None)


class _Here(threading.local):
    """The gate of this thread.

    With a value of its class's: to look for one that is not there takes a microsecond, and each
    transaction looks twice.
    """

    gate: Gate | None = None


_here = _Here()


def leave() -> None:
    """Forget this thread's gate, after what may be interrupted."""
    _here.gate = None


class _Unbroken:
    """A block that no exception of another thread cuts; see `UNBROKEN`."""

    def __enter__(self) -> None:
        if (gate := _here.gate) is not None:
            gate.close()

    def __exit__(self, *_: object) -> None:
        if (gate := _here.gate) is not None:
            gate.open()


UNBROKEN = _Unbroken()


def _let_it_arrive() -> None:
    """Wait for an exception that was sent; a task may have caught it already, which nobody sees."""
    deadline = time.monotonic() + _ARRIVES_WITHIN_S
    while time.monotonic() < deadline:
        time.sleep(0.001)
