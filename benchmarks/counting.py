"""What it costs to count: the store's calls with and without the tallies, in turn.

    python3 scripts/bench counting [--jobs N] [--rounds N] [--only sqlite|postgres] [--flush]

In each round the same jobs are enqueued, and then claimed and ended, once as always and once with
the counting taken out of the store, in changing order and in the same store. PostgreSQL is the
one of the tests. Printed are the ratios, counted to uncounted: of the processor time of this
process and of the server's together, of the time that passed (of sums, and the median of the
rounds), and on PostgreSQL of the bytes of its log, which no load of the machine moves. Folding is
not in it: it is done once a minute, whatever the number of jobs.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil
import psycopg

from queuectl_store import Finish, NewJob, NewWorker, RunFacts, Shell, Store, Succeeded, connect
from queuectl_store.rollups import tally
from queuectl_store.rollups.tally import Tally
from tests.postgres import PostgresMissing, private_server

JOB = NewJob(work=Shell(script="true"))
BULK = 500
BATCH = 100


@dataclass(slots=True)
class Cost:
    """What the rounds of one kind took, each: seconds, processor seconds, bytes of the log."""

    passed: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


class Meter:
    """Reads the clocks of this process and of the server's sessions, if there is a server."""

    def __init__(self, server: psycopg.Connection[Any] | None) -> None:
        self._server = server

    def read(self) -> tuple[float, float, int]:
        """Return seconds, processor seconds, bytes of the log."""
        used, written = time.process_time(), 0
        if self._server is not None:
            text = (
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            used += sum(on_processor(pid) for (pid,) in self._server.execute(text).fetchall())
            lsn = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
            written = int(self._server.execute(lsn).fetchall()[0][0])
        return time.perf_counter(), used, written


def on_processor(pid: int) -> float:
    """Return the seconds that a process has run; to the nanosecond where the kernel tells them."""
    file = Path(f"/proc/{pid}/schedstat")
    if file.exists():
        return int(file.read_text().split()[0]) / 1e9
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def main() -> None:
    """Measure each database that there is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2_000, help="in a round; a tenth one by one")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--flush", action="store_true", help="wait for the disk, as by default")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    words = parser.parse_args()
    print(f"{'database':<12}{'call':<30}{'processor':>10}{'passed':>10}{'median':>10}{'log':>10}")
    if words.only != "postgres":
        # A wait for the disk is the same for both, and hides a part of the difference.
        durability: Literal["full", "normal"] = "full" if words.flush else "normal"
        with (
            tempfile.TemporaryDirectory() as folder,
            connect(f"{folder}/queue.db", durability=durability) as store,
        ):
            measure("SQLite", store, Meter(None), words)
    if words.only != "sqlite":
        try:
            with private_server(is_durable=words.flush) as server:
                url = server.create_database()
                with connect(url) as store, psycopg.connect(url, autocommit=True) as look:
                    measure("PostgreSQL", store, Meter(look), words)
        except PostgresMissing as missing:
            print(f"{'PostgreSQL':<12}not measured: {missing}")


def measure(database: str, store: Store, meter: Meter, words: argparse.Namespace) -> None:
    """Print a line for each call."""
    worker = store.register(
        NewWorker(
            host="bench",
            pid=os.getpid(),
            concurrency=BATCH,
            queues=None,
            lease_ms=3_600_000,
            version="0",
        )
    )
    acts: dict[str, tuple[Callable[[int], object], Callable[[int], object]]] = {
        f"{BULK} at once": (
            lambda n: enqueue(store, n, BULK),
            lambda n: work_off(store, worker, n, BATCH),
        ),
        "one by one": (
            lambda n: enqueue(store, n // 10, 1),
            lambda n: work_off(store, worker, n // 10, 1),
        ),
    }
    for name, pair in acts.items():
        costs = {(call, on): Cost() for call in (0, 1) for on in (True, False)}
        for act in pair:
            act(words.jobs)
        for number in range(words.rounds):
            for on in (True, False) if number % 2 else (False, True):
                for call in (0, 1):
                    with counting(on=on):
                        note(costs[call, on], meter, pair[call], words.jobs)
        batches = (name, name.replace(str(BULK), str(BATCH)))
        for call, title in enumerate(("enqueue", "claim and end")):
            print_row(database, f"{title}, {batches[call]}", costs[call, True], costs[call, False])


def enqueue(store: Store, count: int, batch: int) -> None:
    """Store so many jobs."""
    for _ in range(0, count, batch):
        store.enqueue([JOB] * batch)


def work_off(store: Store, worker: Any, count: int, batch: int) -> None:
    """Claim them, and end those of the batch before in the same call."""
    ends: list[Finish] = []
    for _ in range(0, count + batch, batch):
        claims = store.exchange(worker, ends, limit=batch).claims
        now = store.reader.now_ms() if batch > 1 else 0
        facts = RunFacts(started_at=now - 5)
        ends = [Finish(claim=each, outcome=Succeeded(), facts=facts) for each in claims]


def note(cost: Cost, meter: Meter, act: Callable[[int], object], jobs: int) -> None:
    """Run *act* and add what it took."""
    before = meter.read()
    act(jobs)
    passed, used, written = (b - a for a, b in zip(before, meter.read(), strict=True))
    cost.passed.append(passed)
    cost.used.append(used)
    cost.written.append(int(written))


@contextmanager
def counting(*, on: bool) -> Iterator[None]:
    """Have the store count, or take out what counts: the sums and the statement that adds them."""
    if on:
        yield
        return
    kept = {name: getattr(tally, name) for name in ("claimed", "ended", "moved")}
    writes = Tally.write
    for name in kept:
        setattr(tally, name, lambda *_, **__: Tally())
    Tally.write = lambda *_: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        Tally.write = writes  # type: ignore[method-assign]
        for name, function in kept.items():
            setattr(tally, name, function)


def print_row(database: str, call: str, on: Cost, off: Cost) -> None:
    """Print the ratios of one call."""
    passed = [a / b for a, b in zip(on.passed, off.passed, strict=True)]
    log = f"{sum(on.written) / sum(off.written):>10.3f}" if sum(off.written) else ""
    sums = (sum(on.used) / sum(off.used), sum(on.passed) / sum(off.passed))
    cells = "".join(f"{each:>10.3f}" for each in (*sums, statistics.median(passed)))
    print(f"{database:<12}{call:<30}{cells}{log}", flush=True)


if __name__ == "__main__":
    main()
