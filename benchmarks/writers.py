"""Processes that enqueue, claim and end jobs of one PostgreSQL store at once: what they wait for.

    python3 scripts/bench writers [--writers 1,2,4,8,16] [--batch 1,20] [--seconds S]
                                  [--postgres URL]

Each process enqueues a batch, takes one and ends the one that it had, again and again. Printed are
the jobs that went through in a second, and what the busy sessions of the server did, in per cent
of what was seen of them at a hundred looks a second: worked, waited for the disk, for a short lock
within the server (most of all the log's), for a lock of a row, an object or a number of ours. A
row that all writers change would show as waits for rows that grow with the writers. The server is
one of the tests that waits for the disk, or the one that is given, in a database that is dropped.
"""

import argparse
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from typing import Any

import psycopg

from queuectl_store import NewJob, NewWorker, RunFacts, Shell, Store, Succeeded, connect
from queuectl_store.outcome import Finish
from tests.postgres import PostgresServer, private_server

JOB = NewJob(work=Shell(script="true"))
LOOK_S = 0.01
LEASE_MS = 600_000
BUSY = """
SELECT coalesce(wait_event_type, ''), coalesce(wait_event, '') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
"""
# What waits for a lock of another transaction: one of its rows, or its end.
ROWS = ("transactionid", "tuple")
COLUMNS = ("works", "disk", "within", "rows", "objects", "advisory", "else")
HEADS = ("writers", "batch", "jobs/s", "to one", *(f"{column} %" for column in COLUMNS))


@dataclass(frozen=True, slots=True)
class Load:
    """How much is done at once."""

    writers: int
    batch: int
    seconds: float


def main() -> None:
    """Measure each number of writers and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=numbers, default=[1, 2, 4, 8, 16], metavar="N,…")
    parser.add_argument("--batch", type=numbers, default=[1, 20], metavar="N,…")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--postgres", metavar="URL", help="a server to make a database on")
    options = parser.parse_args()
    print("".join(f"{head:>12}" for head in HEADS))
    with server(options.postgres) as postgres:
        for batch in options.batch:
            first = 0.0
            for writers in options.writers:
                load = Load(writers, batch, options.seconds)
                rate, seen = measure(postgres, load)
                first = first or rate
                print_line(load, rate, rate / first, seen)


def numbers(text: str) -> list[int]:
    """Read `1,2,4`."""
    return [int(each) for each in text.split(",")]


@contextmanager
def server(url: str | None) -> Iterator[PostgresServer]:
    """Give the server at *url*, or one of our own."""
    if url is not None:
        yield PostgresServer(admin_url=url)
        return
    with private_server(is_durable=True) as own:
        yield own


def measure(postgres: PostgresServer, load: Load) -> tuple[float, Counter[str]]:
    """Return the jobs a second of a new store under *load*, and how often sessions did what."""
    url = postgres.create_database()
    try:
        connect(url).close()
        # A child must not share its parent's connections.
        context = multiprocessing.get_context("spawn")
        begin, ready, done = context.Event(), context.Queue(), context.Queue()
        writers = [
            context.Process(target=write, args=(url, load, begin, ready, done))
            for _ in range(load.writers)
        ]
        for writer in writers:
            writer.start()
        for _ in writers:
            ready.get(timeout=60)
        begin.set()
        seen = look(url, load.seconds)
        rate = sum(done.get(timeout=60) for _ in writers)
        for writer in writers:
            writer.join()
        return rate, seen
    finally:
        postgres.drop_database(url)


def write(url: str, load: Load, begin: Event, ready: Any, done: Any) -> None:
    """Enqueue, take and end jobs until the time is over; tell how many went through a second."""
    with connect(url) as store:
        worker = store.register(
            NewWorker(
                host="bench",
                pid=0,
                concurrency=load.batch,
                queues=None,
                lease_ms=LEASE_MS,
                version="0",
            )
        )
        turns = cycle(store, worker, load.batch)
        next(turns)  # prepares what will come again
        ready.put(None)
        begin.wait()
        began, count = time.monotonic(), 0
        while time.monotonic() < began + load.seconds:
            count += next(turns)
        done.put(count / (time.monotonic() - began))


def cycle(store: Store, worker: Any, batch: int) -> Iterator[int]:
    """Enqueue and exchange a batch each time; yield how many ends were recorded."""
    finishes: list[Finish] = []
    while True:
        store.enqueue([JOB] * batch)
        exchange = store.exchange(worker, finishes, limit=batch)
        yield len(finishes) - len(exchange.refused)
        finishes = [
            Finish(claim=each, outcome=Succeeded(), facts=RunFacts(started_at=each.job.started_at))
            for each in exchange.claims
        ]


def look(url: str, seconds: float) -> Counter[str]:
    """Look at the busy sessions again and again; return how often they did what."""
    seen: Counter[str] = Counter()
    deadline = time.monotonic() + seconds
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            seen.update(doing(*row) for row in connection.execute(BUSY).fetchall())
            time.sleep(LOOK_S)
    return seen


def doing(kind: str, event: str) -> str:
    """Name what a session does, by what the server says that it waits for."""
    match kind:
        case "":
            return "works"
        case "IO":
            return "disk"
        case "LWLock":
            return "within"
        case "Lock" if event in ROWS:
            return "rows"
        case "Lock":
            return "advisory" if event == "advisory" else "objects"
        case _:
            return "else"


def print_line(load: Load, rate: float, ratio: float, seen: Counter[str]) -> None:
    """Print one line of the table."""
    total = max(1, seen.total())
    shares = "".join(f"{100 * seen[column] / total:>12.1f}" for column in COLUMNS)
    print(f"{load.writers:>12}{load.batch:>12}{rate:>12,.0f}{ratio:>12.2f}{shares}", flush=True)


if __name__ == "__main__":
    main()
