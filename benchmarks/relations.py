"""What dependencies cost: parents with few and many children, a net of jobs beside plain ones.

Run it as `python3 scripts/bench relations [--children N] [--rounds N] [--postgres URL]`; the URL is
of a server on which a database may be made and dropped. Trust the ratios.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from queuectl_store import (
    Claim,
    Clause,
    Dependency,
    Finish,
    NewJob,
    NewWorker,
    Shell,
    Store,
    Succeeded,
    WorkerId,
    connect,
)

_NAME = "queuectl_relations"
_WORK = Shell(script="true")

T = TypeVar("T")


def main() -> None:
    """Measure each database that was asked for, and print medians with their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", metavar="URL")
    options = parser.parse_args()
    print(f"{'database':<12}{'what':<34}{'ms':>10}{'ratio':>8}  to")
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", str(Path(folder, "queue.db")), options)
    if options.postgres:
        with postgres_url(options.postgres) as url:
            measure("postgresql", url, options)


@contextmanager
def postgres_url(server: str) -> Iterator[str]:
    """Make a database on *server*, and drop it at the end."""
    driver = server.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {_NAME} TEMPLATE template0")
        yield sa.make_url(server).set(database=_NAME).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {_NAME} WITH (FORCE)")
    engine.dispose()


def measure(database: str, url: str, options: argparse.Namespace) -> None:
    """Measure all in turn in each round, so that what else the machine does falls on all alike."""
    with connect(url, durability="normal") as store:
        rounds = [
            ends(store, options.children) | enqueues(store, options.children)
            for _ in range(options.rounds)
        ]
    for what, base in (
        ("end, no children", "end, no children"),
        ("end, 1 child", "end, no children"),
        (f"end, {options.children:,} children", "end, 1 child"),
        ("the rest of them, a call", "end, 1 child"),
        (f"enqueue {options.children:,} plain", f"enqueue {options.children:,} plain"),
        (f"enqueue {options.children:,} in a net", f"enqueue {options.children:,} plain"),
    ):
        ms, other = (statistics.median(each[name] for each in rounds) for name in (what, base))
        print(f"{database:<12}{what:<34}{ms:>10.2f}{ms / other:>8.2f}  {base}", flush=True)


def ends(store: Store, children: int) -> dict[str, float]:
    """End parents, and tell what is left of the children of the last one."""
    worker = store.register(
        NewWorker(host="bench", pid=1, concurrency=1, queues=None, lease_ms=600_000, version="0")
    )
    ids = store.enqueue([NewJob(work=_WORK) for _ in range(3)])
    claims = {claim.job.id: claim for claim in store.claim(worker, limit=3)}
    for parent, count in zip(ids, (0, 1, children), strict=True):
        store.enqueue([NewJob(work=_WORK, after=on(parent), hold=True) for _ in range(count)])
    times = {
        what: timed(lambda: end(store, worker, claim))[0]  # noqa: B023
        for what, claim in zip(
            ("end, no children", "end, 1 child", f"end, {children:,} children"),
            (claims[each] for each in ids),
            strict=True,
        )
    }
    calls = []
    while True:
        ms, count = timed(store.resolve)
        if not count:
            break
        calls.append(ms)
    store.unregister(worker)
    return times | {"the rest of them, a call": statistics.median(calls or [0.0])}


def enqueues(store: Store, count: int) -> dict[str, float]:
    """Enqueue as many plain jobs as jobs of a net, each of which waits for two before it."""
    plain = [NewJob(work=_WORK, hold=True, name=f"n{n}") for n in range(count)]
    net = [
        NewJob(work=_WORK, hold=True, name=f"n{n}", after=on(*before(n)) if n > 1 else ())
        for n in range(count)
    ]
    return {
        f"enqueue {count:,} plain": timed(lambda: store.enqueue(plain))[0],
        f"enqueue {count:,} in a net": timed(lambda: store.enqueue(net))[0],
    }


def before(n: int) -> Sequence[str]:
    """Name two jobs that come before job *n*."""
    return (f"n{n // 2}", f"n{n - 1}") if n // 2 != n - 1 else (f"n{n - 1}",)


def on(*parents: int | str) -> tuple[Clause, ...]:
    """Wait for all of *parents*."""
    return tuple((Dependency(parent=each),) for each in parents)


def end(store: Store, worker: WorkerId, claim: Claim) -> list[Finish]:
    """Say that the job went well."""
    return store.finish(worker, [Finish(claim=claim, outcome=Succeeded())])


def timed(call: Callable[[], T]) -> tuple[float, T]:
    """Return how many milliseconds *call* took, and what it gave."""
    began = time.perf_counter()
    result = call()
    return (time.perf_counter() - began) * 1000, result


if __name__ == "__main__":
    main()
