"""What history costs: claims on an empty store and on one with millions of jobs, in turn.

Run it as `python3 scripts/bench claim [--jobs N] [--claims N] [--rounds N] [--postgres URL]`;
the URL is of a server on which two databases may be made and dropped. Trust the ratio.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from queuectl_store import Claim, Finish, NewJob, NewWorker, Shell, Store, Succeeded, connect

_NAMES = ("queuectl_claim_empty", "queuectl_claim_full")
# Straight into the table: what the jobs went through does not matter here.
_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO queuectl_jobs
    (key, state, queue, priority, max_retries, created_at, run_at, finished_at, spec)
SELECT '{state}' || i, '{state}', 'default', 0, 3, 1700000000000 + i,
    {run_at}, {finished_at}, '{{"shell":"true"}}'
FROM n
"""
_FAR = "9000000000000 + i"


@dataclass(slots=True, kw_only=True)
class Times:
    """Milliseconds of each call on one store."""

    claim: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)


def main() -> None:
    """Fill one store of each kind, measure in turn, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="finished, and as many again")
    parser.add_argument("--claims", type=int, default=200, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", metavar="URL")
    options = parser.parse_args()
    print(f"{'database':<12}{'call':<16}{'empty ms':>10}{'full ms':>10}{'ratio':>8}")
    with sqlite_urls() as urls:
        measure("sqlite", urls, options)
    if options.postgres:
        with postgres_urls(options.postgres) as urls:
            measure("postgresql", urls, options)


@contextmanager
def sqlite_urls() -> Iterator[list[str]]:
    """Give two paths that end with the run."""
    with tempfile.TemporaryDirectory() as folder:
        yield [str(Path(folder, name)) for name in _NAMES]


@contextmanager
def postgres_urls(server: str) -> Iterator[list[str]]:
    """Make two databases on *server*, and drop them at the end."""
    urls = [sa.make_url(server).set(database=name) for name in _NAMES]
    change_databases(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)")
    change_databases(server, "CREATE DATABASE {} TEMPLATE template0")
    yield [url.render_as_string(hide_password=False) for url in urls]
    change_databases(server, "DROP DATABASE {} WITH (FORCE)")


def change_databases(server: str, statement: str) -> None:
    """Run *statement* for each of our databases."""
    engine = sa.create_engine(driver(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in _NAMES:
            connection.exec_driver_sql(statement.format(name))
    engine.dispose()


def measure(database: str, urls: list[str], options: argparse.Namespace) -> None:
    """Measure both stores in turn, so that what else the machine does falls on both alike."""
    with ExitStack() as stack:
        # Without a wait for the disk, which is the same for both and would hide the difference.
        stores = [stack.enter_context(connect(url, durability="normal")) for url in urls]
        fill(urls[1], options.jobs)
        times = [Times(), Times()]
        for n in range(options.rounds):
            order = (0, 1) if n % 2 else (1, 0)
            for which in order:
                run_round(stores[which], options.claims, times[which])
    empty, full = times
    print_row(database, "claim", empty.claim, full.claim)
    print_row(database, "claim + finish", empty.both, full.both)


def fill(url: str, count: int) -> None:
    """Put *count* finished and *count* scheduled jobs in, and let the planner know of them."""
    engine = sa.create_engine(driver(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for state, run_at, finished_at in (
            ("succeeded", "NULL", "1700000000000 + i"),
            ("scheduled", _FAR, "NULL"),
        ):
            values = {"state": state, "run_at": run_at, "finished_at": finished_at}
            connection.exec_driver_sql(_FILL.format(count=count, **values))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def driver(url: str) -> str:
    """Name the driver as SQLAlchemy wants it."""
    if "://" not in url:
        return f"sqlite:///{url}"
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def run_round(store: Store, claims: int, times: Times) -> None:
    """Claim *claims* jobs one by one, then as many with the finish of the one before."""
    worker = store.register(
        NewWorker(host="bench", pid=1, concurrency=1, queues=None, lease_ms=600_000, version="0")
    )
    store.enqueue([NewJob(work=Shell(script="true"))] * (2 * claims))
    held: list[Claim] = []
    for _ in range(claims):
        held += timed(times.claim, lambda: store.claim(worker, limit=1))
    store.finish(worker, [ended(claim) for claim in held])
    held = []
    for _ in range(claims):
        done = [ended(claim) for claim in held]
        held = timed(times.both, lambda: store.exchange(worker, done, limit=1).claims)  # noqa: B023
    store.finish(worker, [ended(claim) for claim in held])
    store.unregister(worker)


def ended(claim: Claim) -> Finish:
    """Say that the job went well."""
    return Finish(claim=claim, outcome=Succeeded())


def timed(into: list[float], call: Callable[[], list[Claim]]) -> list[Claim]:
    """Note how long *call* took."""
    began = time.perf_counter()
    claims = call()
    into.append((time.perf_counter() - began) * 1000)
    return claims


def print_row(database: str, call: str, empty: list[float], full: list[float]) -> None:
    """Print the medians of one call, and their ratio."""
    less, more = statistics.median(empty), statistics.median(full)
    print(f"{database:<12}{call:<16}{less:>10.3f}{more:>10.3f}{more / less:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
