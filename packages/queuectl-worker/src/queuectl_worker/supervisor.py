"""Signals. A handler sets a flag and wakes the worker; it never touches the store."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from queuectl_worker.worker import ExitReason, Worker

# A closed terminal asks for the same as a service manager does.
NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")


def supervise(worker: Worker, *, on_heeding: Callable[[], None] = lambda: None) -> ExitReason:
    """Run *worker* in the main thread until it ends, stopping it on signals.

    The first one lets jobs finish within their grace, the second ends them at once, the third
    ends this process.

    Args:
        on_heeding: Called once signals are heeded here: none is lost to whoever did so before.
    """
    with _signals_to(worker):
        on_heeding()
        return worker.run()


@contextmanager
def _signals_to(worker: Worker) -> Iterator[None]:
    count = 0

    def received(_number: int, _frame: object) -> None:
        nonlocal count
        count += 1
        if count > 2:
            # Nothing is asked of a loop that may hang. The guardian sees us go and kills the
            # jobs' processes; the lease runs out and others take the jobs.
            os._exit(ExitReason.GAVE_BACK)
        worker.request_stop(now=count > 1)

    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, received) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
