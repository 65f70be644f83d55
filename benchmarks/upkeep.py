"""What the care of a store costs: pruning beside claims, the feed over a long log, a copy.

Run it as `python3 scripts/bench upkeep [prune] [feed] [copy] [--jobs N] [--postgres URL]`; the URL
is of a server on which databases may be made and dropped. Trust the ratios.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa

from queuectl_store import Finish, NewJob, NewWorker, Shell, Store, Succeeded, connect
from queuectl_worker import LogFolder
from queuectl_worker.pruner import EACH_S, pruner
from queuectl_worker.tuning import Tuner

DAY_MS = 86_400_000
_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
# Straight into the tables: an ended job with one attempt and three events.
_FILL = (
    _COUNT + " INSERT INTO queuectl_jobs (key, state, queue, priority, attempt, token, max_retries,"
    " created_at, started_at, finished_at, spec) SELECT 'k' || i, 'succeeded', 'default', 0, 1, 1,"
    ' 3, {then} + i, {then} + i, {then} + i, \'{{"shell":"true"}}\' FROM n',
    _COUNT + " INSERT INTO queuectl_attempts (job_id, token, number, state, worker_id, finished_at,"
    " exit_code, log_bytes) SELECT i, 1, 1, 'succeeded', 1, {then} + i, 0, 0 FROM n",
    _COUNT + " INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx)"
    " SELECT {then} + n.i, n.i, v.verb, v.state, v.attempt, 0 FROM n, ("
    " SELECT 'enqueue' AS verb, 'pending' AS state, 0 AS attempt"
    " UNION ALL SELECT 'claim', 'running', 1 UNION ALL SELECT 'succeed', 'succeeded', 1) AS v",
)


def main() -> None:
    """Measure what was asked for, on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--postgres", metavar="URL")
    parser.add_argument("--copy-child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.copy_child:
        _copy_child(*options.copy_child)
        return
    for name in options.parts or ["prune", "feed", "copy"]:
        for kind, urls in _places(options.postgres):
            {"prune": prune, "feed": feed, "copy": copy}[name](kind, urls, options.jobs)


def prune(kind: str, urls: "Urls", jobs: int) -> None:
    """Prune *jobs* as a worker does, with claims beside it; then claims alone."""
    with urls() as (url, _), connect(url) as store:
        fill(store, jobs, then="1000")
        alone = claims(store, lambda: False)
        over, took = threading.Event(), [0.0]

        def work() -> None:
            began = time.monotonic()
            tick = pruner(store, Tuner(store, {}), LogFolder(Path("/nonexistent")))
            while (pause := tick()) < EACH_S:
                over.wait(pause)
            took[0] = time.monotonic() - began

        thread = threading.Thread(target=work)
        thread.start()
        beside = claims(store, thread.is_alive)
        thread.join()
        print(f"{kind:<12}prune {jobs:,} jobs: {jobs / took[0]:,.0f} jobs/s with its rests")
        for name, times in (("alone", alone), ("beside a prune", beside)):
            p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
            print(f"{'':<12}claim {name:<16}p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  n {len(times)}")


def claims(store: Store, goes_on: Callable[[], bool]) -> list[float]:
    """Claim and finish one job after another, at least 1,000; return the claims' milliseconds."""
    worker = store.register(
        NewWorker(host="b", pid=1, concurrency=1, queues=None, lease_ms=10_000_000, version="0")
    )
    times: list[float] = []
    while len(times) < 1_000 or (goes_on() and len(times) < 200_000):
        if len(times) % 500 == 0:
            store.enqueue([NewJob(work=Shell(script="true")) for _ in range(500)])
        began = time.perf_counter()
        (claim,) = store.claim(worker, limit=1)
        times.append((time.perf_counter() - began) * 1000)
        store.finish(worker, [Finish(claim=claim, outcome=Succeeded())])
    return times


def feed(kind: str, urls: "Urls", jobs: int) -> None:
    """Read pages of the feed at the end of a short log and of a long one, in turn."""
    with urls() as (short_url, long_url), connect(short_url) as short, connect(long_url) as long:
        fill(short, 1_000, then="1000")
        fill(long, jobs, then="1000")
        times: dict[str, list[float]] = {}
        for _ in range(200):
            for name, store in (("short", short), ("long", long)):
                cursor = store.reader.newest_events(100).cursors[0]
                for what, limit in (("99 events", 1_000), ("1 event", 1)):
                    began = time.perf_counter()
                    store.reader.feed(cursor, limit=limit)
                    times.setdefault(f"{what} {name}", []).append(time.perf_counter() - began)
        print(f"{kind:<12}feed over {3 * jobs:,} events against 3,000")
        for what in ("99 events", "1 event"):
            a, b = (statistics.median(times[f"{what} {n}"]) * 1000 for n in ("short", "long"))
            print(f"{'':<12}{what:<12}{a:6.2f} ms {b:6.2f} ms  ratio {b / a:.2f}")
        began, count, page = time.monotonic(), 0, long.reader.feed()
        while page.events:
            count += len(page.events)
            page = long.reader.feed(page.cursor)
        print(f"{'':<12}from start to end {count / (time.monotonic() - began):,.0f} events/s")


def copy(kind: str, urls: "Urls", jobs: int) -> None:
    """Copy a store in a process of its own, which tells its peak memory."""
    with tempfile.TemporaryDirectory() as folder, urls() as (url, _):
        source = str(Path(folder, "source.db"))
        with connect(source) as store:
            fill(store, jobs, then="1000")
        for name, pair in (("into", (source, url)), ("from", (url, str(Path(folder, "back.db"))))):
            command = [sys.executable, __file__, "--copy-child", *pair]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            rows, seconds, megabytes = told.split()
            rate = int(rows) / float(seconds)
            print(
                f"{'SQLite':<7}{name} {kind:<12}{int(rows):,} rows ({jobs:,} jobs):"
                f" {rate:,.0f} rows/s, peak memory {megabytes} MB"
            )


def _copy_child(source: str, target: str) -> None:
    import resource

    began = time.monotonic()
    with connect(source) as old, connect(target) as new:
        rows = sum(old.maintenance.copy_to(new.maintenance).values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(rows, f"{time.monotonic() - began:.2f}", peak)


def fill(store: Store, jobs: int, *, then: str) -> None:
    """Put ended jobs with their history into the store."""
    connection = store._database.engine.care.begin_write()
    for statement in _FILL:
        connection.exec_driver_sql(statement.format(count=jobs, then=then))
    for table in ("jobs", "events"):
        care = store._database.engine.care
        last = connection.exec_driver_sql(f"SELECT max(id) FROM queuectl_{table}").scalar_one()
        care.set_last_id(connection, f"queuectl_{table}", last)
    connection.commit()
    connection.exec_driver_sql("ANALYZE")
    connection.commit()
    connection.close()


Urls = Callable[[], AbstractContextManager[tuple[str, str]]]


def _places(postgres: str | None) -> Iterator[tuple[str, "Urls"]]:
    yield "sqlite", _sqlite_urls
    if postgres:
        yield "postgresql", lambda: _postgres_urls(postgres)


@contextmanager
def _sqlite_urls() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield str(Path(folder, "one.db")), str(Path(folder, "two.db"))


@contextmanager
def _postgres_urls(server: str) -> Iterator[tuple[str, str]]:
    names = ("queuectl_upkeep_one", "queuectl_upkeep_two")
    _change(server, names, "DROP DATABASE IF EXISTS {} WITH (FORCE)")
    _change(server, names, "CREATE DATABASE {} TEMPLATE template0")
    one, two = (sa.make_url(server).set(database=n) for n in names)
    yield one.render_as_string(hide_password=False), two.render_as_string(hide_password=False)
    _change(server, names, "DROP DATABASE {} WITH (FORCE)")


def _change(server: str, names: tuple[str, ...], statement: str) -> None:
    url = server.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.exec_driver_sql(statement.format(name))
    engine.dispose()


if __name__ == "__main__":
    main()
