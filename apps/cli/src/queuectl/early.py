"""A worker that is told to stop while it still loads: nothing has begun, so it ends well at once.

A service manager may stop what it has just started. Imported before all else: signal alone.
"""

import os
import signal
from collections.abc import Sequence

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
_WITH_WORDS = frozenset({"enqueue", "run", "add"})  # whose own arguments may be anything

_has_begun = False


def starts_worker(words: Sequence[str]) -> bool:
    """Tell whether a command line is `worker start` in the foreground."""
    for at, word in enumerate(words):
        if word in _WITH_WORDS:
            return False
        if word == "worker" and words[at + 1 : at + 2] == ["start"]:
            return "--detach" not in words
    return False


def end_well_on_signals() -> None:
    """From now on end this process with 0 at a signal, until `leave_it_to_the_worker`."""
    for name in _NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)


def leave_it_to_the_worker() -> None:
    """Jobs may run from now on: what a signal means is the worker's to say, and how it ended."""
    global _has_begun
    _has_begun = True


def _end(_number: int, _frame: object) -> None:
    if not _has_begun:
        # The store may be in the middle of a call: it is made for a process that vanishes.
        os._exit(0)
