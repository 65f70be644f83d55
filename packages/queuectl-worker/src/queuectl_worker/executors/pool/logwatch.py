"""Keeps the log of the run that a task process has under its cap, while the task writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from queuectl_worker.executors.pool.tasklog import TaskLog

_LOOK_S = 0.05
_LINGERS = 20
"""So many looks at nothing, and it waits to be called."""


class LogWatch:
    """One thread for all runs of a process, started by the first: one a run took longer than most
    runs. While runs follow one another it looks by itself; only one that parked has to be woken.

    Args:
        each_look: Called from that thread, while there is a run.
    """

    def __init__(self, each_look: Callable[[], None] | None = None) -> None:
        self._each_look = each_look
        self._changed = threading.Condition(threading.Lock())
        self._watched: TaskLog | None = None
        self._thread: threading.Thread | None = None
        self._is_parked = False

    @contextmanager
    def over(self, log: TaskLog) -> Iterator[None]:
        """Watch *log* during the block; after it nothing touches it."""
        try:
            with self._changed:
                self._watched = log
                if self._thread is None:
                    self._start()
                elif self._is_parked:
                    self._changed.notify()
            yield
        finally:
            with self._changed:
                self._watched = None

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._look, name="queuectl-log", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        in_vain = 0
        with self._changed:
            while True:
                self._is_parked = self._watched is None and in_vain >= _LINGERS
                self._changed.wait(None if self._is_parked else _LOOK_S)
                if self._watched is None:
                    in_vain += 1
                else:
                    in_vain = 0
                    self._watched.watch()
                    if self._each_look is not None:
                        self._each_look()
