"""Ctrl-C: what else ends a command like it, and where it waits until it can be told of."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_LIKE_IT = ("SIGTERM", "SIGHUP", "SIGBREAK")


def end_in_order() -> None:
    """Let every polite wish to end be a Ctrl-C: this command has something to clear away.

    What somebody chose to ignore (`nohup`) stays ignored.
    """
    for name in _LIKE_IT:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


@contextmanager
def interrupted_afterwards() -> Iterator[None]:
    """Let a Ctrl-C during the block raise KeyboardInterrupt at its end; a second one at once.

    Between the commit of some work and the note that it was done there must be no interrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    noted: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, _frame: FrameType | None) -> None:
        if noted:
            raise KeyboardInterrupt
        noted.append(number)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if noted:
        raise KeyboardInterrupt
