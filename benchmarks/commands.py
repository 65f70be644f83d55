"""Commands per second through store and worker against `xargs -P`, in turn; and idle latency.

Run it as `python3 scripts/bench commands [--jobs N] [--slots N] [--rounds N]`. Trust the ratio.
Everything a job promises is on: each is stored, claimed, fenced and recorded, synchronous=FULL.
Beside other work on the machine the processor time a command is steadier than the rate: it counts
user and system time of whatever ran, the commands themselves and the start of a worker included.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from queuectl_store import JobState, NewJob, Shell, Store, connect
from queuectl_worker import JobEnded, JobStarted, News, Worker, WorkerJoined

TRUE = NewJob(work=Shell(script="true"))
IDLE_SECONDS = 5.0
WARM_UP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Seconds of processor time: the process with the worker, its guardian, what that ran."""

    worker: float
    guardian: float
    commands: float

    @property
    def total(self) -> float:
        """All of them."""
        return self.worker + self.guardian + self.commands

    def since(self, before: "Parts") -> "Parts":
        """Return what was used after *before* was read."""
        return Parts(
            worker=self.worker - before.worker,
            guardian=self.guardian - before.guardian,
            commands=self.commands - before.commands,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one drain took: seconds, and seconds of processor time."""

    wall: float
    cpu: float
    parts: Parts | None = None


class Stopwatch:
    """Follows a worker's news."""

    def __init__(self) -> None:
        self.joined = threading.Event()
        self.started = threading.Event()
        self.ended = threading.Event()
        self.joined_at = self.started_at = self.ended_at = 0.0
        self.count = 0

    def __call__(self, news: News) -> None:
        now = time.perf_counter()
        match news:
            case WorkerJoined():
                self.joined_at = now
                self.joined.set()
            case JobStarted():
                self.started_at = now
                if not self.started.is_set():
                    self.started.set()
            case JobEnded():
                self.ended_at = now
                self.count += 1
                if not self.ended.is_set():
                    self.ended.set()

    def wait_for(self, count: int) -> None:
        """Wait until *count* ends are recorded."""
        while self.count < count:
            time.sleep(0.005)


def main() -> None:
    """Measure both in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ways = {
        "xargs -P": by_xargs,
        "worker, just started": by_a_new_worker,
        "worker, running": by_a_running_worker,
    }
    rounds: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, drain in ways.items():
            rounds[name].append(drain(options.jobs, options.slots))
    latencies, idle = idle_figures()
    print_table(rounds, options.jobs, options.slots)
    print(
        f"enqueue to start, idle: p50 {latencies[len(latencies) // 2]:.2f} ms,"
        f" p99 {latencies[int(len(latencies) * 0.99)]:.2f} ms; idle worker {idle:.2%} of a core"
    )


def by_xargs(jobs: int, slots: int) -> Spent:
    """Time xargs over the same commands."""
    began, used = time.perf_counter(), cpu_seconds()
    subprocess.run(
        ["xargs", f"-P{slots}", "-n1", "sh", "-c", "true"],
        input=b"x\n" * jobs,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return Spent(wall=time.perf_counter() - began, cpu=cpu_seconds() - used)


def by_a_new_worker(jobs: int, slots: int) -> Spent:
    """Time a worker from its registration to the commit of the last result."""
    watch = Stopwatch()
    with new_store() as store:
        store.enqueue([TRUE] * jobs)
        used = cpu_seconds()
        Worker(store, concurrency=slots, burst=True, on_news=watch).run()
        used = cpu_seconds() - used
        assert store.reader.counts() == {"default": {JobState.SUCCEEDED: jobs}}
    return Spent(wall=watch.ended_at - watch.joined_at, cpu=used)


def by_a_running_worker(jobs: int, slots: int) -> Spent:
    """Time a worker that ran jobs before, from the moment it may have them to the last commit."""
    watch = Stopwatch()
    with new_store() as store, running_worker(store, slots, watch):
        store.enqueue([TRUE] * WARM_UP)
        watch.wait_for(WARM_UP)
        guardian = psutil.Process().children(recursive=True)
        # Paused meanwhile, or it would begin before all are there.
        store.admin.pause("default")
        store.enqueue([TRUE] * jobs)
        before, began = parts(guardian), time.perf_counter()
        store.admin.resume("default")
        watch.wait_for(WARM_UP + jobs)
        used = parts(guardian).since(before)
    return Spent(wall=watch.ended_at - began, cpu=used.total, parts=used)


def parts(guardian: Sequence[psutil.Process]) -> Parts:
    """Read the processor times of this process and of *guardian*, with what that has waited for."""
    times = [process.cpu_times() for process in guardian]
    return Parts(
        worker=time.process_time(),
        guardian=sum(each.user + each.system for each in times),
        commands=sum(each.children_user + each.children_system for each in times),
    )


def cpu_seconds() -> float:
    """Return the processor time of this process and of all that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@contextmanager
def running_worker(store: Store, slots: int, watch: Stopwatch) -> Iterator[None]:
    """Run a worker in a thread beside the block."""
    worker = Worker(store, concurrency=slots, on_news=watch)
    thread = threading.Thread(target=worker.run)
    thread.start()
    watch.joined.wait()
    try:
        yield
    finally:
        worker.request_stop()
        thread.join()


def idle_figures(*, jobs: int = 100) -> tuple[list[float], float]:
    """Time single jobs on a worker that has nothing else to do; then its rest."""
    watch = Stopwatch()
    with new_store() as store, running_worker(store, 2, watch):
        latencies = sorted(one_latency_ms(store, watch) for _ in range(jobs))
        before = time.process_time()
        time.sleep(IDLE_SECONDS)
        idle = (time.process_time() - before) / IDLE_SECONDS
    return latencies, idle


def one_latency_ms(store: Store, watch: Stopwatch) -> float:
    """Time one job from the return of its enqueue to its start as the worker sees it."""
    watch.started.clear()
    watch.ended.clear()
    store.enqueue([TRUE])
    enqueued = time.perf_counter()
    watch.started.wait()
    started = watch.started_at
    watch.ended.wait()
    time.sleep(0.01)  # back to rest
    return (started - enqueued) * 1000


def new_store() -> Store:
    """Make a store in a folder that the system cleans up."""
    folder = Path(tempfile.mkdtemp(prefix="queuectl-bench-"))
    return connect(str(folder / "queue.db"))


def print_table(rounds: dict[str, list[Spent]], jobs: int, slots: int) -> None:
    """Print medians, and the medians of each round's ratio to the first way."""
    first = next(iter(rounds.values()))
    heads = f"{'commands/s':>12}{'ratio':>8}{'cpu ms each':>13}{'ratio':>8}"
    print(f"{f'{slots} slots, sh -c true':<24}{heads}  {os.cpu_count()} cores")
    for name, spent in rounds.items():
        rate = statistics.median(jobs / each.wall for each in spent)
        cpu = statistics.median(each.cpu / jobs * 1000 for each in spent)
        pairs = list(zip(first, spent, strict=True))
        ratio = statistics.median(reference.wall / each.wall for reference, each in pairs)
        cpu_ratio = statistics.median(reference.cpu / each.cpu for reference, each in pairs)
        print(f"{name:<24}{rate:>12,.0f}{ratio:>8.2f}{cpu:>13.3f}{cpu_ratio:>8.2f}")
    known = [each.parts for spent in rounds.values() for each in spent if each.parts is not None]
    for part in ("worker", "guardian", "commands"):
        cpu = statistics.median(getattr(each, part) / jobs * 1000 for each in known)
        print(f"{f'  of a running one: {part}':<44}{cpu:>13.3f}")


if __name__ == "__main__":
    main()
