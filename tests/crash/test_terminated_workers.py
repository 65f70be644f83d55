"""SIGTERM at random moments: what a worker gives back costs nothing and nothing is left over."""

import random
import signal
import time

import pytest

from queuectl_store import JobFilter, JobId, JobState, Store
from tests.crash.checker import complaints
from tests.crash.errands import nap
from tests.crash.farm import Farm
from tests.crash.history import Evidence, read_histories
from tests.crash.scale import PATIENCE_S, scaled
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")

STOPS = 20
BACKLOG = 60
# So little that a stopping worker cannot wait for every job.
GRACE = ("--grace", "0.05s")


def test_stopped_workers_leave_nothing_running_and_use_no_attempt(
    farm: Farm, store: Store, dice: random.Random
) -> None:
    stops = scaled(STOPS, store)
    acknowledged: list[JobId] = []
    codes, running = [], []
    for _ in range(stops):
        acknowledged += top_up(farm, store, dice)
        codes.append(terminate_one(farm, dice))
        running.append(len(store.reader.page(JobFilter(states=[JobState.RUNNING]))))
    finish_the_rest(farm, store)

    histories = read_histories(store, farm.witness)
    report(codes, [attempt.state for each in histories for attempt in each.attempts])
    assert set(codes) <= {0, 75}
    assert running == [0] * stops
    assert farm.troubles() == []
    assert complaints(Evidence(histories=histories, acknowledged=acknowledged)) == []
    # They have no retries: an attempt that a stop had used would have been the last.
    assert {(each.job.state, each.job.attempt) for each in histories} == {(JobState.SUCCEEDED, 1)}


def top_up(farm: Farm, store: Store, dice: random.Random) -> list[JobId]:
    """Keep enough work there that the signal comes while jobs are claimed and finished."""
    waiting = len(store.reader.page(JobFilter(states=[JobState.PENDING]), limit=BACKLOG))
    jobs = [
        farm.job(nap(dice, longest=dice.choice([0, 0.01, 0.2])), max_retries=0)
        for _ in range(BACKLOG - waiting)
    ]
    return store.enqueue(jobs)


def terminate_one(farm: Farm, dice: random.Random) -> int:
    """Start a worker, end it by one signal or two, and return its exit code."""
    worker = farm.start("--concurrency", str(dice.randint(1, 6)), *GRACE)
    worker.until_joined()
    time.sleep(dice.uniform(0, 0.4))  # the random moment, not a wait for something
    if dice.random() < 0.3:
        worker.process.send_signal(signal.SIGTERM)
        time.sleep(dice.uniform(0, 0.02))
    return worker.stop()


def finish_the_rest(farm: Farm, store: Store) -> None:
    worker = farm.start()
    eventually(lambda: not store.work_left(), within=PATIENCE_S, what="the rest to be done")
    worker.stop()


def report(codes: list[int], states: list[str]) -> None:
    print(
        f"{len(codes)} stops, {codes.count(75)} gave jobs back;"
        f" {states.count('succeeded')} runs succeeded, {states.count('released')} were given back"
    )
