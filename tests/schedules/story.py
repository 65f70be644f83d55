"""Words for what the tests of schedules tell."""

from collections.abc import Sequence

from queuectl_store import (
    JobFilter,
    ManualClock,
    NewJob,
    NewSchedule,
    Schedule,
    Shell,
    Slot,
    Store,
    Succeeded,
)
from tests.conformance.story import a_worker, claim_one, ended

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def add(store: Store, *, job: NewJob | None = None, **fields: object) -> Schedule:
    """Add the schedule `tick`, of each minute if nothing else is said."""
    if not {"cron", "every_ms"} & fields.keys():
        fields["every_ms"] = MINUTE
    job = job or NewJob(work=Shell(script="true"))
    return store.schedules.add(NewSchedule(**{"name": "tick", "job": job, **fields}))  # type: ignore[arg-type]


def fire_all(store: Store) -> int:
    """Fire until nothing is due, as a worker does; says how many times it took."""
    turns = 0
    while store.fire():
        turns += 1
    return turns


def later(store: Store, clock: ManualClock, ms: int) -> int:
    clock.advance(ms=ms)
    return fire_all(store)


def outcomes(store: Store, name: str = "tick") -> list[str]:
    """What became of the slots, oldest first."""
    return [slot.outcome.value for slot in slots(store, name)]


def slots(store: Store, name: str = "tick") -> list[Slot]:
    return store.schedules.history(name, limit=10_000)[::-1]


def keys(store: Store) -> list[str]:
    """The keys of all jobs, oldest first."""
    return [job.key for job in store.reader.page(JobFilter(), limit=10_000)][::-1]


def keys_of(schedule: Schedule, moments: Sequence[int]) -> list[str]:
    return [f"schedule.{schedule.id}.{moment}" for moment in moments]


def run_one(store: Store) -> None:
    worker = a_worker(store)
    store.finish(worker, [ended(claim_one(store, worker), Succeeded())])
