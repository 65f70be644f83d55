"""The one skeleton of everything that a worker does again and again beside its jobs."""

import random
import threading
import time
from collections.abc import Callable

from queuectl_store import StoreError
from queuectl_worker.fatal import FATAL
from queuectl_worker.outage import Outage

JITTER = 0.1
STORE_PAUSE_S = 1.0
JOIN_S = 5.0


class NotNow(Exception):
    """Raised by a tick that did nothing, and so knows nothing of the store; try again later."""

    def __init__(self, pause_s: float) -> None:
        super().__init__(pause_s)
        self.pause_s = pause_s


class Loop:
    """Calls *tick* on a thread of its own until it is stopped.

    Args:
        tick: Does the work once and returns the seconds until the next time. It must be
            idempotent: any number of workers run the same loop, with no leader.
        least_gap_s: Pokes make it no more frequent than this.
        on_failure: Told of the error that ended the loop: damage or a bug, after which the
            worker must not go on as if nothing had happened.
        outage: Told when the store does not answer, and when it does again.
    """

    def __init__(
        self,
        name: str,
        tick: Callable[[], float],
        *,
        on_failure: Callable[[BaseException], None],
        least_gap_s: float = 0.0,
        outage: Outage | None = None,
    ) -> None:
        self._name, self._tick, self._on_failure = name, tick, on_failure
        self._least_gap_s = least_gap_s
        self._outage = outage or Outage()
        self._poked = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"queuectl-{name}", daemon=True)

    def start(self) -> None:
        """Start the thread; the first tick comes at once."""
        self._thread.start()

    def poke(self) -> None:
        """Tick soon instead of at the end of the pause."""
        self._poked.set()

    def ask_to_stop(self) -> None:
        """Start no further tick."""
        self._stopping.set()
        self._poked.set()

    def join(self) -> None:
        """Wait for the tick that runs, if it ends soon; a thread of a hung call ends with us."""
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                self._poked.wait(self._turn())
                self._poked.clear()
                self._stopping.wait(max(0.0, began + self._least_gap_s - time.monotonic()))
        except BaseException as error:  # noqa: BLE001  # a thread has no caller: the worker is told
            self._on_failure(error)

    def _turn(self) -> float:
        began = time.monotonic()
        try:
            pause_s = self._tick()
        except FATAL:
            raise
        except NotNow as later:
            self._outage.stands_back(self._name)
            pause_s = later.pause_s
        except StoreError as error:
            self._outage.failed(self._name, error, began=began)
            pause_s = STORE_PAUSE_S
        else:
            self._outage.answered(self._name)
        # Workers that started together must not knock together.
        return pause_s * (1 + JITTER * random.uniform(-1, 1))  # noqa: S311
