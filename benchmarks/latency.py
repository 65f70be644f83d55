"""From the call that enqueues to the job's first line on idle workers, on PostgreSQL.

    python3 scripts/bench latency [--workers 1,2] [--samples N] [--rounds N] [--postgres URL]

Beside QueueCTL runs the least that can be called a queue: one row inserted, committed and notified
in one round trip; a listener that takes it by one UPDATE, committed before it says so. Both in
turn, with a rest before each job, in which caches grow cold and processors sleep: that is what
idle means, and why both take several times as long as in a row. The server is one of the tests
that waits for the disk, or the one that is given, in databases that are dropped. Printed are
milliseconds, and the ratios to the bare queue.
"""

import argparse
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.writers import numbers, server
from queuectl_worker import Queue

REST_S = 0.03
LONGEST_S = 30.0
BARE = (
    "CREATE TABLE bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state TEXT NOT NULL)",
    "CREATE INDEX bare_pending ON bare (id) WHERE state = 'pending'",
)
TAKE = """
UPDATE bare SET state = 'running' WHERE id IN (
    SELECT id FROM bare WHERE state = 'pending' ORDER BY id LIMIT 8 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def main() -> None:
    """Measure, or be a worker."""
    if sys.argv[1:2] == ["--work"]:
        {"bare": work_bare, "queuectl": work}[sys.argv[2]](sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=numbers, default=[1, 2], metavar="N,…")
    parser.add_argument("--samples", type=int, default=50, help="jobs in each round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--postgres", metavar="URL", help="a server to make databases on")
    options = parser.parse_args()
    print(f"{'':<10}{'workers':>9}{'p50 ms':>9}{'p99 ms':>9}{'of that, the call':>20}{'ratio':>8}")
    with server(options.postgres) as postgres:
        for workers in options.workers:
            places = {name: postgres.create_database() for name in ("bare", "queuectl")}
            try:
                compare(places, workers, options.rounds, options.samples)
            finally:
                for url in places.values():
                    postgres.drop_database(url)


def compare(places: dict[str, str], workers: int, rounds: int, samples: int) -> None:
    """Let both run in turn, and print a line for each."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in places}
    calls = {"bare": enqueue_bare(places["bare"]), "queuectl": enqueue(places["queuectl"])}
    for _ in range(rounds):
        for name, url in places.items():
            with working(name, url, workers, calls[name]) as lines:
                taken[name] += [sample(calls[name], lines) for _ in range(samples)]
    bare = sorted(total for total, _ in taken["bare"])
    for name, found in taken.items():
        totals, of_call = sorted(total for total, _ in found), sorted(call for _, call in found)
        half = len(totals) // 2
        p99 = totals[int(len(totals) * 0.99)]
        ratio = totals[half] / bare[half]
        print(
            f"{name:<10}{workers:>9}{totals[half]:>9.2f}{p99:>9.2f}{of_call[half]:>20.2f}"
            f"{ratio:>8.2f}",
            flush=True,
        )


def sample(call: Callable[[], object], lines: int) -> tuple[float, float]:
    """Return how long it took until the job's line, and until the call returned, in ms."""
    time.sleep(REST_S)
    began = time.monotonic_ns()
    call()
    returned = time.monotonic_ns()
    return (next_line(lines) - began) / 1e6, (returned - began) / 1e6


@contextmanager
def working(name: str, url: str, workers: int, call: Callable[[], object]) -> Iterator[int]:
    """Run idle workers beside the block; gives what their jobs' lines are read from."""
    lines, end = os.pipe()
    command = [sys.executable, "-m", "benchmarks.latency", "--work", name, url]
    started = [
        subprocess.Popen(command, stdout=end, stderr=subprocess.DEVNULL) for _ in range(workers)
    ]
    os.close(end)
    try:
        sample(call, lines)
        time.sleep(2.0)  # until the others have started too, and all rest
        yield lines
        time.sleep(1.0)  # until the last end is recorded: its job would run again
    finally:
        for process in started:
            process.kill()
            process.wait()
        os.close(lines)


def next_line(lines: int) -> int:
    """Return the time in the next line."""
    ready, _, _ = select.select([lines], [], [], LONGEST_S)
    if not ready:
        sys.exit(f"a job on idle workers did not run within {LONGEST_S:g} s")
    return int(os.read(lines, 64))


def say() -> None:
    """Say the time; what every job does."""
    os.write(1, b"%d\n" % time.monotonic_ns())


def enqueue(url: str) -> Callable[[], object]:
    """Return what enqueues a task."""
    task = Queue(url).task(name="say")(say)
    return task.enqueue


def work(url: str) -> None:
    """Be a worker of QueueCTL."""
    queue = Queue(url)
    queue.task(name="say")(say)
    queue.worker(concurrency=8).run()


def enqueue_bare(url: str) -> Callable[[], object]:
    """Make the bare queue, and return what puts a job into it."""
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
    for text in BARE:
        connection.execute(text)

    def call() -> None:
        with connection.pipeline():
            connection.execute("INSERT INTO bare (state) VALUES ('pending')")
            connection.execute("NOTIFY bare")

    return call


def work_bare(url: str) -> None:
    """Take jobs of the bare queue."""
    listener = psycopg.connect(url, autocommit=True)
    listener.execute("LISTEN bare")
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
    while True:
        for _ in connection.execute(TAKE).fetchall():
            say()
        select.select([listener], [], [])
        listener.pgconn.consume_input()
        while listener.pgconn.notifies():
            pass


if __name__ == "__main__":
    main()
