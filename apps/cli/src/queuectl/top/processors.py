"""What running jobs use of this host's processors, by their processes."""

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import psutil

from queuectl_store import Worker

# Between two looks: in less time the system counts too few ticks.
_AT_LEAST_S = 0.5


class Processors:
    """Looks at the processes below the workers of this host, now and again.

    A task that runs in a thread of its worker has no process, and so no number. Safe to use from
    several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._host = socket.gethostname()
        self._at = float("-inf")
        self._seconds: defaultdict[int, float] = defaultdict(float)
        self._percent: dict[int, float] = {}
        self._jobs: dict[tuple[int, float], int | None] = {}

    def look(self, workers: Sequence[Worker]) -> Mapping[int, float]:
        """Return by the id of a job how much of one processor it used since the last look.

        In percent: a job with two busy processes has 200. A job that was not there at the last
        look is left out.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._at < _AT_LEAST_S:
                return self._percent
            seconds = self._used([each.pid for each in workers if each.host == self._host])
            self._percent = {
                job: max(0.0, used - self._seconds[job]) * 100 / (now - self._at)
                for job, used in seconds.items()
                if job in self._seconds
            }
            self._at, self._seconds = now, seconds
            return self._percent

    def _used(self, pids: Sequence[int]) -> defaultdict[int, float]:
        seconds: defaultdict[int, float] = defaultdict(float)
        seen = {}
        for process in _below(pids):
            try:
                key = (process.pid, process.create_time())
                job = self._jobs[key] if key in self._jobs else _job_of(process)
                times = process.cpu_times()
            except psutil.Error:  # it has ended, or is not ours to look at
                continue
            seen[key] = job
            if job is not None:
                # With what those had used that it has waited for: they are gone.
                seconds[job] += (
                    times.user
                    + times.system
                    + getattr(times, "children_user", 0.0)
                    + getattr(times, "children_system", 0.0)
                )
        self._jobs = seen
        return seconds


def _below(pids: Sequence[int]) -> Iterator[psutil.Process]:
    for pid in pids:
        try:
            yield from psutil.Process(pid).children(recursive=True)
        except psutil.Error:
            continue


def _job_of(process: psutil.Process) -> int | None:
    text = process.environ().get("QUEUECTL_JOB_ID", "")
    return int(text) if text.isdecimal() else None
