"""Editing jobs that a limit holds back: what holds them in their new place, and nothing else."""

import pytest

from queuectl_store import (
    Claim,
    Dead,
    Edit,
    JobId,
    ManualClock,
    NewGroup,
    Store,
    Succeeded,
    WorkerId,
)
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, job


@pytest.fixture
def worker(store: Store) -> WorkerId:
    return a_worker(store, concurrency=100, lease_ms=1_000_000_000)


def ids_claimed(store: Store, worker: WorkerId) -> list[JobId]:
    return [claim.job.id for claim in store.claim(worker, limit=100)]


def claim_that(store: Store, worker: WorkerId, job_id: JobId) -> Claim:
    """Claim what may run, which is that one alone."""
    [claim] = store.claim(worker, limit=100)
    assert claim.job.id == job_id
    return claim


def three_of_a_key(store: Store, worker: WorkerId) -> list[JobId]:
    """The first runs; the others are parked."""
    ids = store.enqueue([a_job(concurrency_key="a")] * 3)
    assert ids_claimed(store, worker) == ids[:1]
    assert [job(store, each).waits_for for each in ids[1:]] == ["key:default/a"] * 2
    return ids


def test_a_job_parked_for_a_key_is_claimed_at_once_in_another_queue(
    store: Store, worker: WorkerId
) -> None:
    _, second, third = three_of_a_key(store, worker)

    store.admin.edit([third], Edit(queue="other"))

    assert job(store, third).waits_for is None
    assert ids_claimed(store, worker) == [third]
    assert job(store, second).waits_for == "key:default/a"


def test_its_key_holds_in_the_queue_that_it_goes_to(store: Store, worker: WorkerId) -> None:
    _, second, third = three_of_a_key(store, worker)

    store.admin.edit([second, third], Edit(queue="other"))

    assert ids_claimed(store, worker) == [second]
    assert job(store, third).waits_for == "key:other/a"
    assert job(store, third).guarded


def test_the_concurrency_of_the_queue_that_it_goes_to_holds(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("other", concurrency=1)
    _, second, _ = three_of_a_key(store, worker)
    running = enqueue_one(store, queue="other")
    assert ids_claimed(store, worker) == [running]

    store.admin.edit([second], Edit(queue="other"))

    assert ids_claimed(store, worker) == []


def test_a_resource_that_is_taken_holds_it_in_any_queue(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 1)
    first, second = store.enqueue([a_job(resources={"gpu": 1}, slots=2)] * 2)
    claim = claim_that(store, worker, first)
    assert job(store, second).waits_for == "resource:gpu"

    store.admin.edit([second], Edit(queue="other"))

    assert ids_claimed(store, worker) == []
    assert job(store, second).waits_for == "resource:gpu"
    store.finish(worker, [ended(claim, Succeeded())])
    assert ids_claimed(store, worker) == [second]


def test_the_limit_of_its_group_goes_along(store: Store, worker: WorkerId) -> None:
    first, second = store.enqueue([a_job()] * 2, group=NewGroup(name="g", concurrency=1))
    claim = claim_that(store, worker, first)

    store.admin.edit([second], Edit(queue="other"))

    assert ids_claimed(store, worker) == []
    store.finish(worker, [ended(claim, Succeeded())])
    assert ids_claimed(store, worker) == [second]


def test_a_parked_job_that_is_put_off_takes_no_room_from_the_next(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    first, second, third = store.enqueue([a_job(concurrency_key="a")] * 3)
    claim = claim_that(store, worker, first)

    store.admin.edit([second], Edit(run_at=clock.now_ms + 60_000))
    store.finish(worker, [ended(claim, Succeeded())])

    assert ids_claimed(store, worker) == [third]
    clock.advance(ms=60_000)
    store.stage()
    assert ids_claimed(store, worker) == []
    assert job(store, second).waits_for == "key:default/a"


def test_a_dead_job_that_is_retried_elsewhere_obeys_the_limits_there(
    store: Store, worker: WorkerId
) -> None:
    dead = enqueue_one(store, concurrency_key="a")
    store.finish(worker, [ended(claim_one(store, worker), Dead(reason="x"))])
    running = claim_that(store, worker, enqueue_one(store, queue="other", concurrency_key="a"))

    assert store.dead.edit_and_retry(dead, Edit(queue="other")).done == (dead,)

    assert ids_claimed(store, worker) == []
    store.finish(worker, [ended(running, Succeeded())])
    assert ids_claimed(store, worker) == [dead]
