"""`on_finish`: a job that is stored with another one and runs once that has ended."""

import pytest

from queuectl_store import (
    InvalidJob,
    JobFilter,
    JobId,
    JobState,
    OnDuplicate,
    Outcome,
    QueueDraining,
    Store,
    Unique,
)
from tests.conformance.story import a_job, a_worker, job, states
from tests.conformance.ties import DIED, STOPPED, SUCCEEDED, all_jobs, end, run_all, wrong_with_ties

LAST = a_job("echo done", name="last")


def last_jobs(store: Store) -> list[JobId]:
    return [each.id for each in store.reader.page(JobFilter(), limit=100) if each.name == "last"]


@pytest.mark.parametrize("outcome", [SUCCEEDED, DIED, STOPPED])
def test_it_runs_in_whatever_way_the_job_ends(store: Store, outcome: Outcome) -> None:
    worker = a_worker(store)
    (first,) = store.enqueue([a_job()], on_finish={0: LAST})
    (last,) = last_jobs(store)
    before = states(store, [last])

    end(store, worker, first, outcome)

    assert (before, states(store, [last])) == (["blocked"], ["pending"])
    assert job(store, last).env == {"QUEUECTL_PARENT_ID": str(first)}
    assert wrong_with_ties(store) == []


def test_it_runs_after_a_cancel_of_a_waiting_job_and_only_once(store: Store) -> None:
    worker = a_worker(store)
    (first,) = store.enqueue([a_job(hold=True)], on_finish={0: LAST})

    store.admin.cancel([first])
    run_all(store, worker)
    store.admin.rerun([first])
    run_all(store, worker)

    assert states(store, last_jobs(store)) == ["succeeded"]


def test_each_job_of_a_call_has_its_own(store: Store) -> None:
    ids = store.enqueue([a_job()] * 3, on_finish={0: LAST, 2: LAST})

    parents = {job(store, each).env["QUEUECTL_PARENT_ID"] for each in last_jobs(store)}

    assert parents == {str(ids[0]), str(ids[2])}
    assert len(all_jobs(store)) == 5


def test_a_repeated_call_adds_none(store: Store) -> None:
    first = store.enqueue([a_job(key="k")], on_finish={0: LAST})
    whole = store.enqueue([a_job(), a_job()], key="w", on_finish={1: LAST})

    assert store.enqueue([a_job(key="k")], on_finish={0: LAST}) == first
    assert store.enqueue([a_job(), a_job()], key="w", on_finish={1: LAST}) == whole
    assert len(last_jobs(store)) == 2


def test_a_job_that_another_one_stands_for_brings_none(store: Store) -> None:
    skip = a_job(unique=Unique(key="k", on_duplicate=OnDuplicate.SKIP))
    first = store.enqueue([skip], on_finish={0: LAST})

    assert store.enqueue([skip], on_finish={0: LAST}) == first
    assert len(last_jobs(store)) == 1


def test_both_are_stored_or_neither(store: Store) -> None:
    store.admin.drain("closed")

    with pytest.raises(QueueDraining):
        store.enqueue([a_job()], on_finish={0: a_job(queue="closed")})

    assert all_jobs(store) == []


@pytest.mark.parametrize(
    ("place", "last", "words"),
    [
        (0, a_job(group="g"), "takes no dependencies, group, key or unique key"),
        (0, a_job(" "), "needs something to run"),
        (1, LAST, "no job at place 1"),
    ],
)
def test_what_cannot_follow_is_refused(store: Store, place: int, last: object, words: str) -> None:
    with pytest.raises(InvalidJob, match=words):
        store.enqueue([a_job()], on_finish={place: last})  # type: ignore[dict-item]

    assert store.reader.counts() == {}


def test_a_held_parent_keeps_it_blocked(store: Store) -> None:
    store.enqueue([a_job(hold=True)], on_finish={0: LAST})

    assert [job(store, each).state for each in last_jobs(store)] == [JobState.BLOCKED]
