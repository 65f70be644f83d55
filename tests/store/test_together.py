"""Threads that enqueue at the same time share a transaction, and nothing else."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from queuectl_store import JobId, NewJob, QueueDraining, Store, connect
from queuectl_store.enqueue.enqueuing import Wanted
from tests.conformance.story import a_job
from tests.waiting import eventually

THREADS = 8


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with connect(str(path)) as store:
        yield store


@contextmanager
def nobody_may_write(path: Path) -> Iterator[None]:
    """Hold the write lock beside the block, so that all who come meanwhile wait for it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def at_the_same_time(
    path: Path, store: Store, wanted: list[list[NewJob]]
) -> list[Future[list[JobId]]]:
    """Enqueue each of *wanted* in a thread of its own, all before any of them is stored."""
    with ThreadPoolExecutor(len(wanted)) as pool, nobody_may_write(path):
        together = store._arrivals.together
        results = [pool.submit(store.enqueue, wanted[0])]
        eventually(
            lambda: together._turn.locked() and not together._waiting,
            within=20,
            what="the first to wait for the lock",
        )
        results += [pool.submit(store.enqueue, jobs) for jobs in wanted[1:]]
        eventually(
            lambda: len(together._waiting) == len(wanted) - 1,
            within=20,
            what="the others to wait for their turn",
        )
    return results


def sizes_of_transactions(store: Store) -> list[int]:
    """Note how many jobs each transaction stores from now on."""
    together, sizes = store._arrivals.together, list[int]()
    plain = together._store

    def noting(wanted: Sequence[Wanted]) -> list[JobId]:
        sizes.append(len(wanted))
        return plain(wanted)

    together._store = noting
    return sizes


def test_threads_that_come_together_share_a_commit_and_get_their_own_ids(
    path: Path, store: Store
) -> None:
    wanted = [[a_job(f"echo {n}.{m}") for m in range(1 + n % 3)] for n in range(THREADS)]
    transactions = sizes_of_transactions(store)

    results = at_the_same_time(path, store, wanted)

    ids = [result.result() for result in results]
    stored = [[store.reader.get(each).command for each in part] for part in ids]
    assert stored == [[f"echo {n}.{m}" for m in range(1 + n % 3)] for n in range(THREADS)]
    assert transactions == [1, sum(map(len, wanted)) - 1]


def test_a_refusal_meets_the_call_that_it_is_for_alone(path: Path, store: Store) -> None:
    store.admin.drain("closing")
    wanted = [[a_job(queue="closing" if n == 3 else "open")] for n in range(THREADS)]

    results = at_the_same_time(path, store, wanted)

    errors = [result.exception() for result in results]
    assert [type(each) for each in errors if each is not None] == [QueueDraining]
    assert errors[3] is not None
    assert {queue: sum(of.values()) for queue, of in store.reader.counts().items()} == {
        "open": THREADS - 1
    }
