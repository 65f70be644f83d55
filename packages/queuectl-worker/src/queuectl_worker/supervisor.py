"""Signals. A handler sets a flag and wakes the worker; it never touches the store."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from queuectl_worker.worker import ExitReason, Worker

# A closed terminal asks for the same as a service manager does.
NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")


def supervise(worker: Worker) -> ExitReason:
    """Run *worker* in the main thread until it ends, stopping it on signals.

    The first one lets jobs finish within their grace, the second ends them at once, the third
    ends this process.
    """
    with _signals_to(worker):
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
