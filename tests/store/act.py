"""One act of the store during which a fault strikes, and what has to hold afterwards."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queuectl_store import Job, JobFilter, JobState, ManualClock, Store, Succeeded, connect
from queuectl_store.states import Verb
from tests.conformance.story import a_worker, ended, enqueue_one, vanished

LEASE_MS = 10_000
AFTERWARDS = "afterwards"  # the queue of jobs that only show that the store works again
ENDINGS = {Verb.SUCCEED, Verb.BACK_OFF, Verb.DIE, Verb.GIVE_BACK, Verb.SNOOZE, Verb.STOP}
GOES_ON = {JobState.PENDING, JobState.RUNNING, JobState.RETRYING}
Say = Callable[[str], object]


def job_states(store: Store) -> dict[str, int]:
    """Count the jobs of the act by state."""
    return dict(Counter(each.state.value for each in jobs_of(store) if each.queue != AFTERWARDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act.

    Attributes:
        perform: Does it, and says a word after each call that returned.
        allowed: What *look* may see afterwards, in the order in which it comes to be: a
            transaction is whole or not there.
        least: By word, the place in *allowed* that has been reached once the word was said.
        prepare: Makes what it begins with, in a store of the newest schema.
        found: Makes the file that is there before *prepare*; with `nothing` there is none.
        opens: Opening the store is part of the act, and may be struck too.
        look: What of the store *allowed* speaks of.
        files: Names beside the store, of files that the act writes.
        later_ms: How long after *prepare* it happens.
        flushes_elsewhere: It also flushes by a connection that is closed each time anyway.
        told: An error that its callers may meet besides those of the store itself.
    """

    perform: Callable[[Store, Say], object]
    allowed: Sequence[Any]
    least: dict[str, int]
    prepare: Callable[[Store], object] | None = None
    found: Callable[[Path], object] | None = None
    opens: bool = False
    look: Callable[[Store], Any] = job_states
    files: tuple[str, ...] = ()
    later_ms: int = 0
    flushes_elsewhere: bool = False
    told: str = "DiskFailed"


def opened(place: Path, *, later_ms: int = 0) -> Store:
    """Open the store in *place*, on a clock that stands still."""
    clock = ManualClock()
    clock.advance(ms=later_ms)
    return connect(str(place / "queue.db"), clock=clock)


def set_up(act: Act, place: Path) -> None:
    """Make what *act* begins with."""
    place.mkdir()
    if act.found is not None:
        act.found(place)
    if act.prepare is not None or act.found is None:
        with opened(place) as store:
            if act.prepare is not None:
                act.prepare(store)


def nothing(place: Path) -> None:
    """Leave the place as empty as it is."""


def check(act: Act, store: Store, said: Sequence[str], *, goes_on: bool) -> list[str]:
    """Say what is wrong in *store* after *act* said *said*; nothing, if all is well.

    Args:
        goes_on: Also see that the queue goes on from there; this changes the store.
    """
    left = act.look(store)
    if left not in act.allowed:
        return [f"half a transaction: {left}"]
    assert len(act.allowed) == len({str(each) for each in act.allowed}), "each but once"
    least = max([act.least.get(word, 0) for word in said], default=0)
    wrong = [f"lost: {left}"] if act.allowed.index(left) < least else []
    if "works" in said and not any(job.queue == AFTERWARDS for job in jobs_of(store)):
        wrong.append("lost what was acknowledged after the fault")
    for each in jobs_of(store):
        wrong += wrong_with(each, store)
    wrong += [f"integrity: {line}" for line in integrity(store) if line != "ok"]
    return wrong + (wrong_afterwards(store) if goes_on else [])


def wrong_with(job: Job, store: Store) -> list[str]:
    """Compare a job with its event log and its attempts."""
    events = store.reader.events(job_id=job.id)
    attempts = store.reader.attempts(job.id)
    wrong = []
    if not events or events[-1].state is not job.state:
        wrong.append(f"job {job.id} is {job.state}, its log ends with {events[-1:]}")
    if len(attempts) != sum(event.verb in ENDINGS for event in events):
        wrong.append(f"job {job.id} has {len(attempts)} attempts, its log {events}")
    if sum(event.verb == "claim" for event in events) != job.token:
        wrong.append(f"job {job.id} has token {job.token}, its log {events}")
    return wrong


def wrong_afterwards(store: Store) -> list[str]:
    """See that the queue goes on: what was begun is taken over, and all that may run ends."""
    new = enqueue_one(store)
    for worker in store.reader.workers(all=True):
        store.unregister(worker.id)
    store.rescue(vanished)
    store.stage()
    worker_id = a_worker(store, lease_ms=LEASE_MS)
    while claims := store.claim(worker_id, limit=100):
        store.finish(worker_id, [ended(claim, Succeeded()) for claim in claims])
    # The clock stands still: what a rate holds back goes on waiting.
    stuck = [each for each in jobs_of(store) if each.state in GOES_ON and not each.waits_for]
    if stuck or store.reader.get(new).state is not JobState.SUCCEEDED:
        return [f"the queue does not go on: {[(each.id, each.state.value) for each in stuck]}"]
    return []


def jobs_of(store: Store) -> list[Job]:
    return store.reader.page(JobFilter(), limit=1_000)


def integrity(store: Store) -> list[str]:
    with store._database.read() as connection:
        lines = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return lines + [f"foreign key: {row}" for row in broken]
