"""What the store does while a fault strikes, and what has to hold afterwards."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queuectl_store import (
    Dead,
    Job,
    JobFilter,
    NewJob,
    NewSchedule,
    OnDuplicate,
    Rate,
    Store,
    StoreError,
    Succeeded,
    Unique,
    WorkerId,
)
from tests.conformance.story import a_job, a_worker, ended, enqueue_one, vanished

JOBS = 3
WORKER = WorkerId(1)
LEASE_MS = 10_000
Say = Callable[[str], object]
# One transaction is whole or not there: how many jobs of each state may be left.
Left = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act.

    Attributes:
        prepare: Makes what it begins with.
        perform: Does it, and says a word after each call that returned.
        allowed: What may be left, in the order in which it comes to be.
        least: By word, the place in *allowed* that has been reached once the word was said.
        later_ms: How long after *prepare* it happens.
    """

    prepare: Callable[[Store], object]
    perform: Callable[[Store, Say], object]
    allowed: Sequence[Left]
    least: dict[str, int]
    later_ms: int = 0


def prepare_claimable(store: Store) -> None:
    a_worker(store, lease_ms=LEASE_MS)
    store.enqueue([a_job() for _ in range(JOBS)])


def prepare_due(store: Store) -> None:
    store.enqueue([a_job(delay_ms=1) for _ in range(JOBS)])


def prepare_abandoned(store: Store) -> None:
    prepare_claimable(store)
    store.claim(WORKER, limit=JOBS)


def prepare_schedules(store: Store) -> None:
    for n in range(JOBS):
        store.schedules.add(NewSchedule(name=f"s{n}", job=a_job(), every_ms=1_000))


def enqueue(store: Store, say: Say) -> None:
    store.enqueue([a_job() for _ in range(JOBS)])
    say("stored")


def claim_and_finish(store: Store, say: Say) -> None:
    claims = store.claim(WORKER, limit=JOBS)
    if not claims:  # the reply was lost: such claims come up at the next renewal
        return
    say("claimed")
    if not store.finish(WORKER, [ended(claim, Succeeded()) for claim in claims]):
        say("finished")


def stage(store: Store, say: Say) -> None:
    store.stage()
    say("staged")


def fire(store: Store, say: Say) -> None:
    store.fire()
    say("fired")


def rescue(store: Store, say: Say) -> None:
    store.rescue(vanished)
    say("rescued")


def enqueue_twice(store: Store, say: Say) -> None:
    """Twice, so that the second shows whether the store works again."""
    for word in ("first", "second"):
        try:
            store.enqueue([a_job() for _ in range(JOBS)])
            say(word)
        except StoreError as error:
            say(type(error).__name__)


def prepare_unique(store: Store) -> None:
    store.enqueue([unique_job(0)])


def enqueue_unique(store: Store, say: Say) -> None:
    """Two new ones, and one that takes the place of the one that waits."""
    store.enqueue([unique_job(n) for n in range(JOBS)])
    say("stored")


def unique_job(n: int) -> NewJob:
    return a_job(unique=Unique(key=str(n), on_duplicate=OnDuplicate.REPLACE))


def prepare_dead(store: Store) -> None:
    prepare_claimable(store)
    claims = store.claim(WORKER, limit=JOBS)
    store.finish(WORKER, [ended(claim, Dead(reason="x")) for claim in claims])


def retry_dead(store: Store, say: Say) -> None:
    store.dead.retry(JobFilter(), rate=Rate(count=1, per_ms=60_000))
    say("retried")
    store.stage()


ACTS = {
    "enqueue": Act(
        prepare=lambda store: None,
        perform=enqueue,
        allowed=[{}, {"pending": JOBS}],
        least={"stored": 1},
    ),
    "claim_and_finish": Act(
        prepare=prepare_claimable,
        perform=claim_and_finish,
        allowed=[{"pending": JOBS}, {"running": JOBS}, {"succeeded": JOBS}],
        least={"claimed": 1, "finished": 2},
    ),
    "stage": Act(
        prepare=prepare_due,
        perform=stage,
        allowed=[{"scheduled": JOBS}, {"pending": JOBS}],
        least={"staged": 1},
        later_ms=1,
    ),
    "fire": Act(
        prepare=prepare_schedules,
        perform=fire,
        allowed=[{}, {"pending": JOBS}],
        least={"fired": 1},
        later_ms=1_000,
    ),
    "rescue": Act(
        prepare=prepare_abandoned,
        perform=rescue,
        allowed=[{"running": JOBS}, {"retrying": JOBS}],
        least={"rescued": 1},
        later_ms=LEASE_MS,
    ),
    "enqueue_unique": Act(
        prepare=prepare_unique,
        perform=enqueue_unique,
        allowed=[{"pending": 1}, {"cancelled": 1, "pending": JOBS}],
        least={"stored": 1},
    ),
    "retry_dead": Act(
        prepare=prepare_dead,
        perform=retry_dead,
        allowed=[{"dead": JOBS}, {"pending": JOBS}],
        least={"retried": 1},
    ),
    "enqueue_twice": Act(
        prepare=lambda store: None,
        perform=enqueue_twice,
        allowed=[{}, {"pending": JOBS}, {"pending": 2 * JOBS}],
        least={"first": 1, "second": 1},
    ),
}


def check(act: Act, store: Store, said: Sequence[str]) -> list[str]:
    """Say what is wrong in *store* after *act* said *said*; nothing, if all is well."""
    jobs = store.reader.page(JobFilter(), limit=100)
    left = dict(Counter(each.state.value for each in jobs))
    if left not in act.allowed:
        return [f"half a transaction: {left}"]
    least = max([act.least.get(word, 0) for word in said], default=0)
    wrong = [f"lost: {left}"] if act.allowed.index(left) < least else []
    for each in jobs:
        wrong += wrong_with(each, store)
    wrong += wrong_slots(store, len(jobs))
    wrong += [f"integrity: {line}" for line in integrity(store) if line != "ok"]
    return wrong + wrong_afterwards(act, store)


def wrong_with(job: Job, store: Store) -> list[str]:
    """Compare a job with its event log and its attempts."""
    events = store.reader.events(job_id=job.id)
    attempts = store.reader.attempts(job.id)
    wrong = []
    if not events or events[-1].state is not job.state:
        wrong.append(f"job {job.id} is {job.state}, its log ends with {events[-1:]}")
    if len(attempts) != sum(event.verb in ("succeed", "back_off", "die") for event in events):
        wrong.append(f"job {job.id} has {len(attempts)} attempts, its log {events}")
    if sum(event.verb == "claim" for event in events) != job.token:
        wrong.append(f"job {job.id} has token {job.token}, its log {events}")
    return wrong


def wrong_slots(store: Store, jobs: int) -> list[str]:
    """See that slots and jobs are one, and that what did not fire fires now, once."""
    schedules = store.schedules.all()
    if not schedules:
        return []
    told = [slot for each in schedules for slot in store.schedules.history(each.name)]
    if len(told) != jobs:
        return [f"{len(told)} slots have {jobs} jobs"]
    store.fire()
    made = Counter(each.name for each in store.reader.page(JobFilter(), limit=100))
    expected = {each.name: 1 for each in schedules}
    return [] if made == expected else [f"fired later: {made}"]


def wrong_afterwards(act: Act, store: Store) -> list[str]:
    """See that the queue goes on: what was begun is rescued, and new jobs are taken."""
    store.rescue(vanished)
    left = {each.state.value for each in store.reader.page(JobFilter(), limit=100)}
    if act.later_ms >= LEASE_MS and left != {"retrying"}:
        return [f"not rescued: {left}"]
    new = enqueue_one(store)
    return [] if store.reader.get(new).state == "pending" else ["takes no new job"]


def integrity(store: Store) -> list[str]:
    with store._database.read() as connection:
        return list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
