"""One workload for every queue: tasks that only leave a mark, and what is measured with them.

Each program beside this one tells how its queue is spoken to (`Peer`) and ends with `main`. It
runs in an environment of its own, so that nothing here may need more than Python. `MARKS` names
the file of marks, `ADDRESS` says where the queue is.
"""

import json
import os
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from typing import Protocol

MARKS, ADDRESS = "QUEUECTL_BENCH_MARKS", "QUEUECTL_BENCH_ADDRESS"
PROCESSES = "QUEUECTL_BENCH_PROCESSES"
SAMPLES = 100
REST_S = 0.03
LONGEST_S = 120.0


class Peer(Protocol):
    """How one queue is spoken to."""

    def one(self) -> None:
        """Enqueue one job that calls `mark`."""
        ...

    def bulk(self, count: int) -> bool:
        """Enqueue *count* jobs the way that is meant for many; False if there is no such way."""
        ...


def mark() -> None:
    """Note the time; what every job does."""
    global _file
    if _file < 0:
        _file = os.open(os.environ[MARKS], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(_file, time.monotonic_ns().to_bytes(8, "little"))


_file = -1


def address() -> str:
    """Return where the queue is."""
    return os.environ[ADDRESS]


def processes(usual: int) -> int:
    """Return how many processes are to work; *usual* where nobody said."""
    return int(os.environ.get(PROCESSES, usual))


def main(peer: Callable[[], Peer], work: Callable[[], object], *, workers: int = 1) -> None:
    """Be one of *workers* (`PROGRAM work`), or measure (`PROGRAM measure ONES MANY`)."""
    if sys.argv[1] == "work":
        work()
        return
    print(json.dumps(measure(peer(), int(sys.argv[2]), int(sys.argv[3]), workers)))


def measure(peer: Peer, ones: int, many: int, workers: int) -> dict[str, float | None]:
    """Enqueue *ones* one by one and *many* in bulk, drain them, then time jobs one by one.

    Returns:
        Rates a second, and milliseconds from the call that enqueues to the job's first line.
    """
    peer.one()  # connects
    one_rate = ones / seconds(lambda: one_by_one(peer, ones))
    began = time.perf_counter()
    has_bulk = peer.bulk(many)
    bulk_rate = many / (time.perf_counter() - began)
    if not has_bulk:
        one_by_one(peer, many)
    total = 1 + ones + many
    started = [
        # A session of its own, so that the processes that a worker makes end with it.
        subprocess.Popen(
            [sys.executable, sys.argv[0], "work"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(workers)
    ]
    try:
        marks = wait_for_marks(total)
        latencies = sorted(latency_ms(peer) for _ in range(SAMPLES))
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return {
        "one": one_rate,
        "bulk": bulk_rate if has_bulk else None,
        # From the first mark to the last: the start of a worker is not the queue's speed.
        "drain": (total - 1) / ((marks[-1] - marks[0]) / 1e9),
        "p50": latencies[SAMPLES // 2],
        "p99": latencies[int(SAMPLES * 0.99)],
    }


def one_by_one(peer: Peer, count: int) -> None:
    """Enqueue *count* jobs, each by a call of its own."""
    for _ in range(count):
        peer.one()


def latency_ms(peer: Peer) -> float:
    """Enqueue one job on workers at rest, and return the time from the call to its mark."""
    time.sleep(REST_S)
    began = time.monotonic_ns()
    peer.one()
    deadline = time.monotonic() + LONGEST_S
    # Not by number: a queue that runs a job twice leaves two marks.
    while (newest := newest_mark()) < began:
        if time.monotonic() > deadline:
            sys.exit(f"a job on idle workers did not run within {LONGEST_S:g} s")
        time.sleep(0.001)
    return (newest - began) / 1e6


def newest_mark() -> int:
    """Return the time of the mark that was left last."""
    with open(os.environ[MARKS], "rb") as file:
        file.seek(-8, os.SEEK_END)
        return int.from_bytes(file.read(8), "little")


def wait_for_marks(count: int) -> "array[int]":
    """Return the times of *count* marks in order, once they are there."""
    deadline = time.monotonic() + LONGEST_S
    size = 0
    while size < count * 8:
        if time.monotonic() > deadline:
            sys.exit(f"{size // 8} of {count} jobs ran within {LONGEST_S:g} s")
        time.sleep(0.002)
        size = os.path.getsize(os.environ[MARKS]) if os.path.exists(os.environ[MARKS]) else 0
    with open(os.environ[MARKS], "rb") as file:
        return array("q", sorted(array("q", file.read())))


def seconds(call: Callable[[], object]) -> float:
    """Time *call*."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
