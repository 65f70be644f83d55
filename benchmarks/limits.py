"""What limits cost: claim + finish in a plain queue and in limited ones, and beside parked jobs.

Run it as `python3 scripts/bench limits [--jobs N] [--parked N] [--rounds N] [--postgres URL]`; the
URL is of a server on which a database may be made and dropped. Trust the ratios to plain.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from queuectl_store import (
    Claim,
    Finish,
    NewJob,
    NewWorker,
    Rate,
    Shell,
    Store,
    Succeeded,
    WorkerId,
    connect,
)

_NAME = "queuectl_limits"
_KEYS = 1_000
_BATCH = 50
_ROW = "{:<12}{:<30}{:>9}{:>8}{:>9}{:>8}"
_PARK = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, created_at, guarded,
    concurrency_key, waits_for, spec)
SELECT 'parked' || i, 'pending', 'keys', 0, 3, 1700000000000 + i, 1, 'busy', 'key:keys/busy',
    '{{"shell":"true"}}'
FROM n
"""


@dataclass(slots=True, kw_only=True)
class Kind:
    """One way to be limited; a job's share of each batch in microseconds: passed, and computed."""

    name: str
    queue: str
    is_keyed: bool = False
    passed: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)

    def jobs(self, count: int) -> list[NewJob]:
        """Make jobs of the kind."""
        return [
            NewJob(
                work=Shell(script="true"),
                queue=self.queue,
                concurrency_key=f"k{n % _KEYS}" if self.is_keyed else None,
            )
            for n in range(count)
        ]


def main() -> None:
    """Measure each database in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=20_000, help="of each kind")
    parser.add_argument("--parked", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", metavar="URL")
    options = parser.parse_args()
    print(_ROW.format("database", "claim + finish of", "us a job", "ratio", "cpu us", "ratio"))
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", str(Path(folder, "queue.db")), options)
    if options.postgres:
        with postgres_url(options.postgres) as url:
            measure("postgresql", url, options)


@contextmanager
def postgres_url(server: str) -> Iterator[str]:
    """Make a database on *server*, and drop it at the end."""
    engine = sa.create_engine(driver(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {_NAME} TEMPLATE template0")
        url = sa.make_url(server).set(database=_NAME)
        yield url.render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {_NAME} WITH (FORCE)")
    engine.dispose()


def driver(url: str) -> str:
    """Name the driver as SQLAlchemy wants it."""
    if "://" not in url:
        return f"sqlite:///{url}"
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def measure(database: str, url: str, options: argparse.Namespace) -> None:
    """Measure the kinds in turn, so that what else the machine does falls on all alike."""
    with connect(url, durability="normal") as store:
        for size, count in ((_BATCH, options.jobs), (1, options.jobs // 20)):
            kinds = made_kinds(store)
            for n in range(options.rounds):
                for kind in kinds if n % 2 else reversed(kinds):
                    run_round(store, kind, count // options.rounds, size)
            for kind in kinds:
                print_row(database, f"{kind.name}, {size} at once", kind, kinds[0])
        beside_parked(database, store, url, options)


def made_kinds(store: Store) -> list[Kind]:
    """Set the limits; none of them but the keys' ever holds a job back."""
    store.admin.set_queue("limited", concurrency=1_000)
    store.admin.set_queue("paced", rate=Rate(count=1_000_000, per_ms=1_000, burst=1_000_000))
    return [
        Kind(name="plain", queue="plain"),
        Kind(name="concurrency limit", queue="limited"),
        Kind(name="1,000 keys", queue="keys", is_keyed=True),
        Kind(name="rate", queue="paced"),
    ]


def run_round(store: Store, kind: Kind, count: int, size: int) -> None:
    """Store *count* jobs and drain them, *size* in a transaction."""
    store.enqueue(kind.jobs(count))
    worker = a_worker(store)
    done: list[Finish] = []
    left = count
    while left or done:
        began, computing = time.perf_counter(), time.process_time()
        claims = store.exchange(worker, done, limit=min(size, left), queues=[kind.queue]).claims
        if len(claims) == size and len(done) == size:
            kind.passed.append((time.perf_counter() - began) * 1e6 / size)
            kind.computed.append((time.process_time() - computing) * 1e6 / size)
        done = [ended(claim) for claim in claims]
        left -= len(claims)
    store.unregister(worker)


def beside_parked(database: str, store: Store, url: str, options: argparse.Namespace) -> None:
    """Claim one by one from two queues beside none and beside many parked jobs."""
    rounds = []
    for _ in range(2):
        plain = Kind(name="", queue="plain")
        keyed = Kind(name="", queue="keys", is_keyed=True)
        for kind in (plain, keyed):
            run_round(store, kind, options.jobs // 20, 1)
        rounds.append((plain, keyed))
        if len(rounds) == 1:
            park(store, url, options.parked)
    for before, after, what in zip(*rounds, ("plain", "1,000 keys"), strict=True):
        print_row(database, f"{what}, {options.parked:,} parked", after, before)


def park(store: Store, url: str, count: int) -> None:
    """Let one job of a key run, and *count* wait for it."""
    job = NewJob(work=Shell(script="true"), queue="keys", concurrency_key="busy")
    store.enqueue([job])
    store.claim(a_worker(store), limit=1, queues=["keys"])
    engine = sa.create_engine(driver(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(_PARK.format(count=count))
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def a_worker(store: Store) -> WorkerId:
    """Introduce a worker that is never late."""
    return store.register(
        NewWorker(host="bench", pid=1, concurrency=99, queues=None, lease_ms=6_000_000, version="0")
    )


def ended(claim: Claim) -> Finish:
    """Say that the job went well."""
    return Finish(claim=claim, outcome=Succeeded())


def print_row(database: str, what: str, kind: Kind, reference: Kind) -> None:
    """Print what a job of *kind* takes, and the ratios to *reference*."""
    cells: list[str] = []
    for mine, other in ((kind.passed, reference.passed), (kind.computed, reference.computed)):
        cells += [f"{typical(mine):.0f}", f"{typical(mine) / typical(other):.2f}"]
    print(_ROW.format(database, what, *cells), flush=True)


def typical(values: list[float]) -> float:
    """Return the lower quartile: the others had to wait for what else the machine does."""
    return statistics.quantiles(values, n=4)[0]


if __name__ == "__main__":
    main()
