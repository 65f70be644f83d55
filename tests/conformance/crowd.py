"""Many who want the same unique key at once: threads on PostgreSQL, processes on SQLite."""

import multiprocessing
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from queuectl_store import (
    Dead,
    DuplicateJob,
    JobFilter,
    JobState,
    OnDuplicate,
    Store,
    StoreError,
    Unique,
    WorkerId,
    connect,
)
from tests.conformance.story import a_job, a_worker, ended

CROWD = 8
START_S = 120.0
DEAD = JobFilter(states=(JobState.DEAD,))


def in_a_crowd(url: str, *, seconds: float) -> Counter[str]:
    """Let eight enqueue, run and retry jobs of one key for *seconds*; count what came of it."""
    if url.startswith("postgres"):
        ready = Barrier(CROWD)
        with ThreadPoolExecutor(CROWD) as pool:
            said = pool.map(lambda n: contend(url, n, seconds, ready), range(CROWD))
            return sum(said, Counter())
    # A process of SQLite has one writer: only several of them contend for the file.
    spawn = multiprocessing.get_context("spawn")
    told, gate = spawn.SimpleQueue(), spawn.Barrier(CROWD)
    crowd = [spawn.Process(target=tell, args=(told, url, n, seconds, gate)) for n in range(CROWD)]
    for process in crowd:
        process.start()
    counts: Counter[str] = sum((told.get() for _ in crowd), Counter())
    for process in crowd:
        process.join()
    return counts


def tell(told: Any, *args: Any) -> None:
    told.put(contend(*args))


def contend(url: str, n: int, seconds: float, ready: Any) -> Counter[str]:
    said: Counter[str] = Counter()
    with connect(url) as store:
        worker = a_worker(store, lease_ms=600_000)
        ready.wait(START_S)
        until, turn = time.monotonic() + seconds, n
        while time.monotonic() < until:
            turn += 1
            try:
                said.update(once(store, worker, turn))
            except DuplicateJob:
                said["duplicate"] += 1
            except StoreError as error:
                said[f"error: {type(error).__name__}: {error}"] += 1
    return said


def once(store: Store, worker: WorkerId, turn: int) -> list[str]:
    match turn % 4:
        case 0 | 1:
            wish = tuple(OnDuplicate)[turn % 3]
            store.enqueue([a_job(unique=Unique(key="k", on_duplicate=wish))])
            return ["id"]
        case 2:
            claims = store.claim(worker, limit=1)
            store.finish(worker, [ended(claim, Dead(reason="x")) for claim in claims])
            return ["ran"] * len(claims)
        case _:
            dead = [each.id for each in store.reader.page(DEAD, limit=3)]
            moved = store.admin.retry(dead)
            return ["retried"] * len(moved.done) + ["refused"] * len(moved.refused)
