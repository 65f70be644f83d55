"""Removing ended jobs by hand: all that is theirs goes, and what something needs stays."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from queuectl_store import (
    Dead,
    InvalidJob,
    JobId,
    ManualClock,
    NewGroup,
    NewJob,
    NewSchedule,
    Retry,
    Shell,
    StillNeeded,
    Store,
    Succeeded,
    Unique,
    UnknownJob,
)
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, states
from tests.conformance.ties import after, run_all

OUTCOMES = {"succeeded": Succeeded(), "dead": Dead(reason="x")}


def a_job_that_is(store: Store, state: str, **fields: object) -> JobId:
    job_id = enqueue_one(store, **fields)
    if state == "cancelled":
        store.admin.cancel([job_id])
    if state in OUTCOMES:
        worker = a_worker(store)
        store.finish(worker, [ended(claim_one(store, worker), OUTCOMES[state])])
    assert states(store, [job_id]) == [state]
    return job_id


@pytest.mark.parametrize("state", ["succeeded", "dead", "cancelled"])
def test_an_ended_job_goes_with_all_that_is_its_own(store: Store, state: str) -> None:
    parent = a_job_that_is(store, "succeeded")
    job_id = a_job_that_is(store, state, after=after(parent))

    assert store.admin.remove([job_id]).done == (job_id,)

    assert store.reader.find([job_id]) == []
    assert store.reader.attempts(job_id) == []
    assert {event.job_id for event in store.reader.events()} == {parent}
    assert isinstance(store.admin.remove([job_id]).refused[0], UnknownJob)
    assert store.maintenance.check() == []


def test_a_job_that_has_not_ended_is_refused_and_says_so(store: Store) -> None:
    worker = a_worker(store)
    waiting, running, retrying = (enqueue_one(store, hold=True), enqueue_one(store), JobId(0))
    claim_one(store, worker)
    retrying = enqueue_one(store)
    store.finish(worker, [ended(claim_one(store, worker), Retry(delay_ms=9_000, reason="x"))])
    done = a_job_that_is(store, "cancelled", hold=True)

    moved = store.admin.remove([waiting, running, retrying, done])

    assert moved.done == (done,)
    assert [str(error).partition(";")[0] for error in moved.refused] == [
        f"cannot remove job {waiting}: it is held",
        f"cannot remove job {running}: it is running",
        f"cannot remove job {retrying}: it is retrying",
    ]
    assert states(store, [waiting, running, retrying]) == ["held", "running", "retrying"]


def test_the_parent_of_an_unfinished_child_stays(store: Store) -> None:
    parent = a_job_that_is(store, "succeeded")
    child = enqueue_one(store, after=after(parent))

    moved = store.admin.remove([parent])

    assert refusal(moved.refused) == f"job {child} depends on it and has not ended"
    run_all(store, a_worker(store))
    assert store.admin.remove([parent, child]).done == (parent, child)
    assert store.maintenance.check() == []


def test_a_member_of_an_unfinished_group_stays(store: Store) -> None:
    first, last = store.enqueue([a_job(), a_job(hold=True)], group=NewGroup(name="g"))
    run_all(store, a_worker(store))

    assert "its group 'g' is not complete" in refusal(store.admin.remove([first]).refused)
    store.admin.cancel([last])

    assert store.admin.remove([first, last]).done == (first, last)
    assert store.maintenance.check() == []


def test_the_latest_job_of_a_schedule_stays(store: Store, clock: ManualClock) -> None:
    job = NewJob(work=Shell(script="true"))
    store.schedules.add(NewSchedule(name="tick", job=job, every_ms=60_000))
    made = []
    for _ in range(2):
        clock.advance(ms=60_000)
        store.fire()
        made.append(store.schedules.get("tick").last_job_id)
        run_all(store, a_worker(store))

    moved = store.admin.remove([each for each in made if each])

    assert moved.done == (made[0],)
    assert "the latest job of the schedule 'tick'" in refusal(moved.refused)
    store.schedules.remove("tick")
    assert store.admin.remove([JobId(made[1] or 0)]).done == (made[1],)
    assert store.maintenance.check() == []


def test_a_job_whose_unique_key_is_still_taken_stays(store: Store, clock: ManualClock) -> None:
    job_id = a_job_that_is(store, "succeeded", unique=Unique(key="k", lasts_ms=60_000))

    assert "keeps the unique key 'k' taken until" in refusal(store.admin.remove([job_id]).refused)
    clock.advance(ms=60_001)

    assert store.admin.remove([job_id]).done == (job_id,)


def test_no_child_is_left_without_its_parent_when_both_are_asked_for_at_once(store: Store) -> None:
    """Whoever is first: the child finds no parent, or the parent is needed."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        for _ in range(20):
            parent = a_job_that_is(store, "succeeded")
            barrier = threading.Barrier(2)
            added = pool.submit(add_child, store, parent, barrier)
            barrier.wait()
            moved = store.admin.remove([parent])

            assert bool(moved.done) != added.result()
    assert store.maintenance.check() == []


def add_child(store: Store, parent: JobId, barrier: threading.Barrier) -> bool:
    barrier.wait()
    try:
        store.enqueue([a_job(hold=True, after=after(parent))])
    except InvalidJob:
        return False
    return True


def refusal(refused: tuple[Exception, ...]) -> str:
    (error,) = refused
    assert isinstance(error, StillNeeded)
    return error.why.partition(";")[0]
