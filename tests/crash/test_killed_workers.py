"""Workers are killed, stopped and put out of time at random, over and over; jobs keep coming."""

import faulthandler
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_store import (
    FINAL,
    JobFilter,
    JobId,
    JobState,
    Missed,
    NewSchedule,
    Schedule,
    Store,
)
from tests.crash.checker import complaints
from tests.crash.count_rules import read_told
from tests.crash.errands import OVERTIME, OVERTIME_MS, errand, nap
from tests.crash.farm import Farm
from tests.crash.history import Beat, Evidence, JobHistory, read_histories
from tests.crash.nemesis import Nemesis
from tests.crash.scale import PATIENCE_S, PLAIN_KILLS, scaled
from tests.crash.wall_clock import WallClock
from tests.waiting import eventually

# Processes are found through /proc, and the clock is stepped by a preloaded library.
pytestmark = pytest.mark.not_on("win32", "darwin")

WORKERS = 4
SLOTS = 2
BACKLOG = 16
# A worker whose clock is an hour ahead makes the jobs of that hour, and none of them again.
BEAT_MS, WINDOW_MS = 120_000, 86_400_000
# The clock that is stepped is this host's; a server goes by its own, which is not.
SERVER_BEAT_MS = 1_000


@pytest.fixture
def wall_clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path)


def test_killed_workers_lose_no_job_run_none_twice_and_leave_no_process(
    farm: Farm, store: Store, dice: random.Random, wall_clock: WallClock
) -> None:
    # Every wait here has an end of its own; all of them together may last.
    faulthandler.cancel_dump_traceback_later()
    kills = scaled(PLAIN_KILLS, store)
    acknowledged = feed(farm, store, dice)
    beat = store.schedules.add(
        NewSchedule(
            name="beat",
            job=farm.job(nap(dice, longest=0.1)),
            every_ms=SERVER_BEAT_MS if store.path is None else BEAT_MS,
            missed=Missed.ALL,
            window_ms=WINDOW_MS,
        )
    )
    nemesis = Nemesis(farm, dice, wall_clock, workers=WORKERS, slots=SLOTS)
    nemesis.workers[0].until_joined()

    for _ in range(kills):
        acknowledged += feed(farm, store, dice)
        nemesis.strike()
    nemesis.relent()
    drain(store)
    store.schedules.pause("beat")
    drain(store)
    retry_the_dead(store)
    for worker in nemesis.workers:
        worker.until_joined()  # before that a signal only ends it
    codes = [worker.stop() for worker in nemesis.workers]

    histories = read_histories(store, farm.witness)
    living = {worker_id for worker in nemesis.workers for worker_id in worker.joins()}
    report(histories, nemesis, living)
    counts, told = store.reader.counts(), read_told(store)
    beats = [beat_of(store, beat)]
    store.close()
    evidence = Evidence(
        histories=histories,
        acknowledged=acknowledged,
        counts=counts,
        told=told,
        beats=beats,
        damage=damage(store),
    )
    assert complaints(evidence) == []
    assert {history.job.state for history in histories} == {JobState.SUCCEEDED}
    assert (codes, farm.troubles()) == ([0] * WORKERS, [])
    # A test in which no kill hit a running job would prove nothing.
    assert len(crashes_in(histories)) >= kills / 5
    assert nemesis.stops
    assert nemesis.steps
    assert len(beats[0].slots) > 10


def feed(farm: Farm, store: Store, dice: random.Random) -> list[JobId]:
    """Keep jobs waiting: short ones, awkward ones, now and then one that talks past its limit."""
    wanted = max(0, BACKLOG - count(store, JobState.PENDING))
    new = [farm.job(errand(dice)) for _ in range(wanted)]
    if dice.random() < 0.1:
        new.append(farm.job(OVERTIME, timeout_ms=OVERTIME_MS))
    return store.enqueue(new)


def beat_of(store: Store, made: Schedule) -> Beat:
    """Return what must be there of a schedule that is paused now: each slot that was its turn."""
    last = store.schedules.get(made.name).last_slot
    return Beat(
        schedule_id=made.id,
        name=made.name,
        every_ms=made.every_ms or 0,
        since=made.created_at,
        until=last or made.created_at,
    )


def drain(store: Store) -> None:
    """Wait for the end of every job, for as long as one comes to its end now and then."""
    while store.work_left():
        ended = count(store, *FINAL)
        eventually(
            lambda ended=ended: not store.work_left() or count(store, *FINAL) > ended,
            within=PATIENCE_S,
            what=f"one more job than {ended} to come to its end",
        )


def count(store: Store, *states: JobState) -> int:
    return sum(of.get(state, 0) for of in store.reader.counts().values() for state in states)


def retry_the_dead(store: Store) -> None:
    """Do what a person does with jobs that killed three workers by no fault of their own."""
    dead = [job.id for job in store.reader.page(JobFilter(states=[JobState.DEAD]), limit=10_000)]
    store.admin.retry(dead)
    drain(store)


def crashes_in(histories: list[JobHistory]) -> list[int]:
    """Return whose attempts crashed: a worker's id for each."""
    attempts = (attempt for each in histories for attempt in each.attempts)
    return [attempt.worker_id or 0 for attempt in attempts if attempt.state == "crashed"]


def report(histories: list[JobHistory], nemesis: Nemesis, living: set[int]) -> None:
    """Print figures. Crashes of living workers are those that were stopped past their lease."""
    runs = sum(len(history.attempts) for history in histories)
    crashed = crashes_in(histories)
    retried = sum(event.verb == "retry" for each in histories for event in each.events)
    print(
        f"{len(nemesis.spans)} kills, {nemesis.stops} stops, {nemesis.steps} steps of the clock;"
        f" {len(histories)} jobs, {runs} attempts, {len(crashed)} crashed"
        f" ({sum(each in living for each in crashed)} of living workers),"
        f" {retried} dead and retried; {sum(nemesis.left)} processes left,"
        f" gone after {max(nemesis.spans):.2f} s at most"
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
