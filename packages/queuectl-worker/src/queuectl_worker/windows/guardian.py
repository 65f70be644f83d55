"""The guardian's methods, on job objects: a queue, slots, and a thread for each command that runs.

A thread costs a hundredth of what Windows takes to start a process, and lets each run be read as
one story (run.py).
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from queuectl_worker.executors.reports import Reports
from queuectl_worker.guardian import Launch, Recalled, Report
from queuectl_worker.timing import monotonic_ms
from queuectl_worker.windows.calls import Calls
from queuectl_worker.windows.log import Disk
from queuectl_worker.windows.run import Run


class WindowsGuardian:
    """Runs commands, each in a job object that ends with this process.

    `receive` belongs to one thread; every other method may be called from any. A process that is
    suspended as a whole cannot heed the fence of `extend`: then its commands go on for that long.

    Args:
        slots: How many commands run at once; more may be launched, and wait in order.
        log_cap: Bytes that one log may keep on disk.
    """

    def __init__(self, *, slots: int, log_cap: int, calls: Calls, disk: Disk) -> None:
        self._slots, self._log_cap, self._calls, self._disk = slots, log_cap, calls, disk
        self._reports = Reports[Report]()
        self._lock = threading.Lock()
        self._envs: list[dict[str, str]] = []
        self._waiting: OrderedDict[int, Launch] = OrderedDict()
        self._running: dict[int, Run] = {}
        self._fence_ms: int | None = None
        self._is_closed = False

    def start(self) -> None:
        """Nothing is needed before the first launch."""

    def define_env(self, env: Mapping[bytes, bytes]) -> int:
        """Register an environment for launches to name; equal ones are kept once."""
        variables = _text(env)
        with self._lock:
            if variables not in self._envs:
                self._envs.append(variables)
            return self._envs.index(variables)

    def launch(self, launches: Sequence[Launch]) -> None:
        """Queue *launches*; each starts as soon as a slot is free, in this order."""
        with self._lock:
            self._waiting.update((launch.key, launch) for launch in launches)
            self._fill()

    def stop(self, key: int, *, grace_ms: int) -> None:
        """End a run: CTRL_BREAK, and after *grace_ms* all of its tree; recall it if queued."""
        with self._lock:
            self._recall([key])
            if (run := self._running.get(key)) is not None:
                run.stop(grace_ms=grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run as `stop` does, and recall the queue."""
        with self._lock:
            self._recall(list(self._waiting))
            for run in self._running.values():
                run.stop(grace_ms=grace_ms)

    def recall(self, keys: Sequence[int]) -> None:
        """Take back what has not started; only that comes back as `Recalled`."""
        with self._lock:
            self._recall(keys)

    def extend(self, until_ms: int) -> None:
        """Let commands run until *until_ms* (monotonic), no longer."""
        with self._lock:
            self._fence_ms = until_ms
            for run in self._running.values():
                run.fence_ms = until_ms

    def fileno(self) -> int:
        """Return a descriptor that is readable when `receive` has work."""
        return self._reports.fileno()

    def receive(self) -> list[Report]:
        """Return the reports that have arrived, without waiting."""
        return self._reports.take()

    def close(self) -> None:
        """Kill everything that runs, and wait until it is gone."""
        self.stop_all(grace_ms=0)
        with self._lock:
            self._is_closed = True
            running = list(self._running.values())
        for run in running:
            run.thread.join()
        self._reports.close()

    # Called with the lock held.

    def _recall(self, keys: Sequence[int]) -> None:
        for key in keys:
            if self._waiting.pop(key, None) is not None:
                self._reports.put(Recalled(key))

    def _fill(self) -> None:
        while self._waiting and not self._is_closed:
            launch = next(iter(self._waiting.values()))
            taken = sum(run.launch.slots for run in self._running.values())
            # Nothing overtakes a wide one; one that is wider than we are has us for itself.
            if taken and taken + launch.slots > self._slots:
                return
            if self._fence_ms is not None and monotonic_ms() >= self._fence_ms:
                self._recall(list(self._waiting))
                return
            del self._waiting[launch.key]
            self._start(launch)

    def _start(self, launch: Launch) -> None:
        run = Run(
            launch,
            variables={**self._envs[launch.env_ref], **_text(launch.env)},
            log_cap=self._log_cap,
            calls=self._calls,
            disk=self._disk,
            tell=self._reports.put,
            is_over=self._over,
        )
        run.fence_ms = self._fence_ms
        self._running[launch.key] = run
        run.thread.start()

    # Called by the runs' threads.

    def _over(self, run: Run, last: Report) -> None:
        with self._lock:
            self._running.pop(run.launch.key, None)
            self._reports.put(last)
            self._fill()


def _text(env: Mapping[bytes, bytes]) -> dict[str, str]:
    return {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
