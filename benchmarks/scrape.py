"""What a scrape costs: by the number of queues, of jobs, and beside a worker's traffic.

    python3 scripts/bench scrape
    python3 scripts/bench scrape [--queues 1,5,50,200] [--jobs N] [--seconds N] [--folder DIR]

Three tables of a new SQLite store each, of thirty scrapes or more: the time that passed, and the
processor time of the process that scrapes, which a busy machine moves less. In the first each queue
has jobs that wait, and attempts of three outcomes in several buckets, in the minute that goes on
and once those are folded. In the second `--jobs` rows are put in by SQL. In the third another
process claims and ends up to 10,000 jobs a second.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from benchmarks._traffic import traffic
from queuectl_metrics import Exporter
from queuectl_store import (
    Dead,
    Finish,
    NewJob,
    NewWorker,
    Outcome,
    Retry,
    RunFacts,
    Shell,
    Store,
    Succeeded,
    connect,
)

SCRAPES = 30
OUTCOMES: Sequence[Outcome] = (
    Succeeded(),
    Dead(reason="no"),
    Retry(delay_ms=3_600_000, reason="no"),
)
PER_QUEUE = 24
# Straight into the table: what the jobs went through does not matter here.
FILL = """
WITH RECURSIVE n(i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM n WHERE i < {end})
INSERT INTO queuectl_jobs
    (key, state, queue, priority, max_retries, created_at, finished_at, spec)
SELECT 'k' || i, CASE WHEN i % 10 THEN 'succeeded' ELSE 'pending' END, 'q' || (i % 5), i % 3, 3,
    1700000000000 + i, CASE WHEN i % 10 THEN 1700000000000 + i END, '{{"shell":"true"}}'
FROM n
"""
STEP = 500_000
HEAD = ("median ms", "worst ms", "processor ms", "lines")


@dataclass(slots=True)
class Took:
    """Milliseconds of each scrape, and how many lines the last one had."""

    passed: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    lines: int = 0

    def cells(self) -> str:
        """The columns of `HEAD`."""
        times = (statistics.median(self.passed), max(self.passed), statistics.median(self.used))
        return "".join(f"{each:>14.1f}" for each in times) + f"{self.lines:>14,}"


def main() -> None:
    """Print the tables that are asked for; all of them if none is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queues", help="numbers of queues for the first table")
    parser.add_argument("--jobs", type=int, help="jobs in the store of the second table")
    parser.add_argument("--seconds", type=int, help="how long the third table's traffic lasts")
    parser.add_argument("--folder", help="where the stores are made; needs 0.6 GB a million jobs")
    words = parser.parse_args()
    is_all = not (words.queues or words.jobs or words.seconds)
    with tempfile.TemporaryDirectory(dir=words.folder) as folder:
        if words.queues or is_all:
            by_queues(folder, map(int, (words.queues or "1,5,50,200").split(",")))
        if words.jobs or is_all:
            by_jobs(folder, words.jobs or 1_000_000)
        if words.seconds or is_all:
            beside_traffic(folder, words.seconds or 15)


def by_queues(folder: str, numbers: Iterable[int]) -> None:
    """Scrape stores that differ in their queues."""
    head("queues", "counts")
    for number in numbers:
        with connect(f"{folder}/queues{number}.db", durability="normal") as store:
            live(store, number)
            row(f"{number:,}", "of this minute", scrapes(store))
            while store.rollups.fold():
                pass
            row(f"{number:,}", "folded", scrapes(store))


def by_jobs(folder: str, jobs: int) -> None:
    """Scrape one store before and after it is filled."""
    file = Path(folder, "jobs.db")
    head("jobs", "queues")
    with connect(str(file), durability="normal") as store:
        live(store, 5)
        row(f"{5 * PER_QUEUE:,}", "5", scrapes(store))
    engine = sa.create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        for start in range(1, jobs + 1, STEP):
            end = min(start + STEP - 1, jobs)
            connection.exec_driver_sql(FILL.format(start=start, end=end))
    engine.dispose()
    with connect(str(file), durability="normal") as store:
        # What was put in by SQL is counted as a store of before is.
        store.rollups.recount()
        row(f"{jobs + 5 * PER_QUEUE:,}", "5", scrapes(store))


def beside_traffic(folder: str, seconds: int) -> None:
    """Scrape each 0.2 s what another process works on."""
    head("jobs a second", "")
    file = Path(folder, "traffic.db")
    with connect(str(file), durability="normal") as store, traffic(file, seconds=seconds) as work:
        exporter = Exporter(store)
        row("none", "", scrapes(store))
        work.begin()
        took = Took()
        while work.goes_on():
            scrape(exporter, took)
            time.sleep(0.2)
        row(f"{work.rate():,.0f}", "", took)


def live(store: Store, queues: int) -> None:
    """Give each queue jobs that wait and attempts that ended, in some way and some time."""
    jobs = [
        NewJob(work=Shell(script="true"), queue=f"q{queue:03}")
        for queue in range(queues)
        for _ in range(PER_QUEUE)
    ]
    store.enqueue(jobs)
    worker = store.register(
        NewWorker(host="bench", pid=1, concurrency=9, queues=None, lease_ms=600_000, version="0")
    )
    claims = store.claim(worker, limit=len(jobs) * 3 // 4)
    now = store.reader.now_ms()
    store.finish(
        worker,
        [
            Finish(
                claim=claim,
                outcome=OUTCOMES[n % 3],
                facts=RunFacts(started_at=now - 10 ** (n % 5)),
            )
            for n, claim in enumerate(claims)
        ],
    )


def scrapes(store: Store) -> Took:
    """Scrape again and again, once without noting it."""
    exporter, took = Exporter(store), Took()
    exporter.expose()
    for _ in range(SCRAPES):
        scrape(exporter, took)
    return took


def scrape(exporter: Exporter, took: Took) -> None:
    """Scrape once and note what it took."""
    began, used = time.perf_counter(), time.process_time()
    body = exporter.expose().body
    took.passed.append((time.perf_counter() - began) * 1_000)
    took.used.append((time.process_time() - used) * 1_000)
    took.lines = body.count(b"\n")


def head(*names: str) -> None:
    """Print the names of the columns."""
    print("\n" + "".join(f"{name:>16}" for name in names) + "".join(f"{n:>14}" for n in HEAD))


def row(one: str, other: str, took: Took) -> None:
    """Print one line."""
    print(f"{one:>16}{other:>16}{took.cells()}", flush=True)


if __name__ == "__main__":
    main()
