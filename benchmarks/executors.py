"""What a task costs in a thread, as a coroutine and in a process, on both databases.

Run it as `python3 scripts/bench executors [--jobs N] [--rounds N] [--slots N]`. One worker, in a
process of its own, drains tasks that do nothing; PostgreSQL comes from where the tests get theirs.
The rate is from the first start to the last end. Processor time is that of the worker and all its
processes, less what they take to start and end without a job; on a machine with other work, trust
it alone.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bootstrap
from benchmarks._executors import ADDRESS, TASKS
from queuectl_store import JobFilter, JobState, NewJob, Task, connect
from tests.postgres import PostgresMissing, private_server

PAGE = 1_000


def main() -> None:
    """Print a line for each kind of executor and each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slots", type=int, default=4)
    options = parser.parse_args()
    print(f"{'database':<12}{'tasks in':<12}{'tasks/s':>10}{'µs of processor a task':>25}")
    with ExitStack() as stack:
        for database, addresses in places(stack):
            for kind in TASKS:
                rounds = [
                    measure(next(addresses), kind, jobs=options.jobs, slots=options.slots)
                    for _ in range(options.rounds)
                ]
                rate, cost = (statistics.median(each) for each in zip(*rounds, strict=True))
                print(f"{database:<12}{kind:<12}{rate:>10,.0f}{cost:>25,.0f}", flush=True)


def places(stack: ExitStack) -> Iterator[tuple[str, Iterator[str]]]:
    """Give each database that there is, with addresses of empty stores."""
    yield "sqlite", sqlite_addresses(stack)
    try:
        server = stack.enter_context(private_server(is_durable=True))
    except PostgresMissing as missing:
        print(f"postgresql  not measured: {missing}")
        return
    yield "postgresql", iter(server.create_database, "")


def sqlite_addresses(stack: ExitStack) -> Iterator[str]:
    """Give one path after the other."""
    while True:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="queuectl-bench-"))
        yield str(Path(folder, "queue.db"))


def measure(address: str, kind: str, *, jobs: int, slots: int) -> tuple[float, float]:
    """Drain *jobs*; return how many a second, and the microseconds of processor for each."""
    with connect(address) as store:
        store.enqueue([NewJob(work=Task(name="rest"), queue="rest")] * slots)
        idle_s = drain(address, kind, slots)
        for _ in range(0, jobs, PAGE):
            store.enqueue([NewJob(work=Task(name=TASKS[kind]))] * min(PAGE, jobs))
        busy_s = drain(address, kind, slots)
        of_interest = JobFilter(states=[JobState.SUCCEEDED], queues=["default"])
        page = store.reader.page(of_interest, limit=2 * jobs)
        assert len(page) >= jobs, f"{len(page)} of {jobs} succeeded"
        began = min(each.started_at or 0 for each in page)
        ended = max(each.finished_at or 0 for each in page)
    return len(page) * 1000 / (ended - began), (busy_s - idle_s) * 1e6 / len(page)


def drain(address: str, kind: str, slots: int) -> float:
    """Run a worker until nothing is left; return the seconds of processor that it took."""
    settings = {**os.environ, "PYTHONPATH": str(bootstrap.ROOT), ADDRESS: address}
    command = [sys.executable, "-m", "benchmarks._executors", kind, str(slots)]
    with processor() as spent:
        subprocess.run(command, env=settings, cwd=bootstrap.ROOT, check=True)
    return spent[0]


@contextmanager
def processor() -> Iterator[list[float]]:
    """Give the seconds of processor that children which ended in the block took."""
    spent = [-_spent()]
    yield spent
    spent[0] += _spent()


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
