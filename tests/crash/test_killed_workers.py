"""`kill -9` of workers at random moments, over and over, while jobs keep coming."""

import random
import sqlite3
import time
from collections.abc import Iterator

import pytest

from queuectl_store import JobFilter, JobId, JobState, Store
from tests.crash.checker import complaints
from tests.crash.errands import errand
from tests.crash.farm import Farm, WorkerProcess
from tests.crash.history import Evidence, JobHistory, read_histories
from tests.crash.scale import PATIENCE_S, scaled
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32", "darwin")  # processes are found through /proc

WORKERS = 3
SLOTS = ("--concurrency", "2")
FEED = 10
PROMISED_S = 3.0
KILLS = 50


def test_killed_workers_lose_no_job_run_none_twice_and_leave_no_process(
    farm: Farm, store: Store, dice: random.Random
) -> None:
    kills = scaled(KILLS, store)
    acknowledged = feed(farm, store, dice, jobs=2 * FEED)
    workers = [farm.start(*SLOTS) for _ in range(WORKERS)]
    workers[0].until_joined()

    ends = []
    for _ in range(kills):
        acknowledged += feed(farm, store, dice, jobs=FEED)
        time.sleep(dice.uniform(0, 1))  # the random moment, not a wait for something
        ends.append(kill_one(farm, workers, dice))
    drain(store)
    retry_the_dead(store)
    codes = [worker.stop() for worker in workers]

    histories = read_histories(store, farm.witness)
    living = {worker_id for worker in workers for worker_id in worker.joins()}
    report(histories, ends, living)
    assert complaints(Evidence(histories=histories, acknowledged=acknowledged)) == []
    assert {history.job.state for history in histories} == {JobState.SUCCEEDED}
    assert (codes, farm.troubles()) == ([0] * WORKERS, [])
    # A test in which no kill hit a running job would prove nothing.
    assert len(crashes_in(histories)) >= kills / 5
    store.close()
    assert damage(store) == []


def feed(farm: Farm, store: Store, dice: random.Random, *, jobs: int) -> list[JobId]:
    return store.enqueue([farm.job(errand(dice)) for _ in range(jobs)])


def kill_one(farm: Farm, workers: list[WorkerProcess], dice: random.Random) -> tuple[int, float]:
    """Kill a worker and start another; return how many processes it left and for how long."""
    index = dice.randrange(len(workers))
    victim = workers[index]
    left = len(victim.job_processes())

    victim.kill()
    killed_at = time.monotonic()
    eventually(
        lambda: not victim.followers(), within=PROMISED_S, what="a killed worker's processes to go"
    )
    gone_after = time.monotonic() - killed_at

    workers[index] = farm.start(*SLOTS)
    return left, gone_after


def drain(store: Store) -> None:
    eventually(
        lambda: not store.work_left(), within=PATIENCE_S, what="every job to come to its end"
    )


def retry_the_dead(store: Store) -> None:
    """Do what a person does with jobs that killed three workers by no fault of their own."""
    dead = [job.id for job in store.reader.page(JobFilter(states=[JobState.DEAD]), limit=10_000)]
    store.admin.retry(dead)
    drain(store)


def crashes_in(histories: list[JobHistory]) -> list[int]:
    """Return whose attempts crashed: a worker's id for each."""
    attempts = (attempt for each in histories for attempt in each.attempts)
    return [attempt.worker_id or 0 for attempt in attempts if attempt.state == "crashed"]


def report(histories: list[JobHistory], ends: list[tuple[int, float]], living: set[int]) -> None:
    """Print figures. Crashes of living workers are no defect: a host may stall for a lease."""
    runs = sum(len(history.attempts) for history in histories)
    crashed = crashes_in(histories)
    lefts, spans = zip(*ends, strict=True)
    retried = sum(event.verb == "retry" for each in histories for event in each.events)
    print(
        f"{len(ends)} kills, {len(histories)} jobs, {runs} attempts, {len(crashed)} crashed"
        f" ({sum(each in living for each in crashed)} of living workers),"
        f" {retried} dead and retried, {sum(lefts)} processes left, gone after {max(spans):.2f} s"
    )


def damage(store: Store) -> list[str]:
    """Return what SQLite itself finds wrong with the file, through a connection of its own."""
    return [] if store.path is None else list(_integrity(str(store.path)))


def _integrity(path: str) -> Iterator[str]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("PRAGMA integrity_check").fetchall()
    finally:
        connection.close()
    yield from (text for (text,) in rows if text != "ok")
