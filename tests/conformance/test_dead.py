"""The dead letter queue: what died of one fault is one group, and every way out of it is whole."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from queuectl_store import (
    Dead,
    JobFilter,
    JobId,
    JobState,
    ManualClock,
    RefusedInState,
    Retry,
    Store,
    Succeeded,
    UnknownJob,
    connect,
)
from queuectl_store.errors import StillNeeded
from queuectl_store.limits.rates import Rate
from tests.conformance.story import a_job, a_worker, claim_one, ended, job, states, story_of

TEN_A_MINUTE = Rate(count=10, per_ms=60_000)


def dead_jobs(store: Store, *errors: str, **fields: object) -> list[JobId]:
    """Jobs that died of *errors*, in this order."""
    worker = a_worker(store, lease_ms=3_600_000)
    ids = store.enqueue([a_job(**fields) for _ in errors])
    claims = sorted(store.claim(worker, limit=len(errors)), key=lambda claim: claim.job.id)
    store.finish(
        worker,
        [
            ended(claim, Dead(reason=f"attempt 1 of 1 failed: {error}"), error=error)
            for claim, error in zip(claims, errors, strict=True)
        ],
    )
    return ids


def claimable(store: Store) -> list[JobId]:
    """Take what a worker may claim now, best first."""
    return [claim.job.id for claim in store.claim(a_worker(store), limit=1_000)]


def test_jobs_that_died_of_one_fault_are_one_group(store: Store, clock: ManualClock) -> None:
    first = dead_jobs(store, "no user 'alice'", "exit code 3")
    died = clock.now_ms
    clock.advance(ms=60_000)
    later = dead_jobs(store, "no user 'bob'")

    many, one = store.dead.groups()

    assert many.ids == (first[0], later[0])
    assert (many.count, many.error) == (2, "no user 'bob'")
    assert (many.first_seen, many.last_seen) == (died, clock.now_ms)
    assert (one.ids, one.error) == ((first[1],), "exit code 3")
    assert job(store, first[0]).fingerprint == many.fingerprint


def test_groups_are_of_dead_jobs_of_the_chosen_queues_alone(store: Store) -> None:
    dead_jobs(store, "x", queue="a")
    there = dead_jobs(store, "x", queue="b")
    store.admin.cancel(store.enqueue([a_job()]))

    assert [group.ids for group in store.dead.groups(JobFilter(queues=("b",)))] == [tuple(there)]


def test_a_group_names_all_its_jobs_however_many(store: Store) -> None:
    """Nothing is truncated silently."""
    ids = dead_jobs(store, *["exit code 1"] * 2_500)

    (group,) = store.dead.groups()

    assert group.ids == tuple(ids)


def test_a_retried_group_gets_a_full_new_allowance_and_its_attempts_go_on_counting(
    store: Store,
) -> None:
    ids = dead_jobs(store, "exit code 1", "exit code 1", "exit code 2", max_retries=0)
    fault = job(store, ids[0]).fingerprint

    moved = store.dead.retry(JobFilter(fingerprint=fault))

    assert moved.done == (ids[0], ids[1])
    assert states(store, ids) == ["pending", "pending", "dead"]
    again = job(store, ids[0])
    assert (again.attempt, again.attempt_base, again.attempts_left) == (1, 1, 1)
    assert again.fingerprint is None
    assert claim_one(store, a_worker(store)).job.attempt == 2


def test_a_retry_of_dead_letters_leaves_other_jobs_alone_and_says_why(store: Store) -> None:
    (dead,) = dead_jobs(store, "x")
    (pending,) = store.enqueue([a_job()])

    moved = store.dead.retry([pending, 99, dead])

    assert moved.done == (dead,)
    assert [type(error) for error in moved.refused] == [RefusedInState, UnknownJob]
    assert "that works on dead jobs" in str(moved.refused[0])


def test_a_filter_of_dead_letters_reaches_thousands(store: Store) -> None:
    ids = dead_jobs(store, *["exit code 1"] * 2_100)

    assert store.dead.retry(JobFilter()).done == tuple(ids)
    assert store.reader.counts() == {"default": {JobState.PENDING: 2_100}}


# At a rate.


def test_a_paced_retry_lets_one_job_out_at_each_turn(store: Store, clock: ManualClock) -> None:
    ids = dead_jobs(store, *["x"] * 4)
    store.dead.retry(ids, rate=TEN_A_MINUTE)
    assert states(store, ids) == ["pending"] * 4
    assert claimable(store) == []

    seen = []
    for _ in range(5):
        assert store.due_in_ms() in (0, None)
        store.stage()
        seen.append(claimable(store))
        clock.advance(ms=5_999)
        assert store.stage() == 0
        clock.advance(ms=1)

    assert seen == [[ids[0]], [ids[1]], [ids[2]], [ids[3]], []]
    assert store.due_in_ms() is None
    assert story_of(store, ids[3]) == ["enqueue", "claim", "die", "retry", "claim"]


def test_what_is_due_next_names_the_next_turn(store: Store, clock: ManualClock) -> None:
    store.dead.retry(dead_jobs(store, "x", "x"), rate=TEN_A_MINUTE)
    store.stage()

    assert store.due_in_ms() == 6_000
    clock.advance(ms=5_000)
    assert store.due_in_ms() == 1_000


def test_two_paced_retries_keep_their_own_pace(store: Store, clock: ManualClock) -> None:
    slow, fast = dead_jobs(store, "x", "x"), dead_jobs(store, "y", "y", "y")
    store.dead.retry(slow, rate=Rate(count=1, per_ms=60_000))
    store.dead.retry(fast, rate=Rate(count=1, per_ms=1_000))

    seen = []
    for _ in range(3):
        store.stage()
        seen += claimable(store)
        clock.advance(ms=1_000)

    assert seen == [slow[0], *fast]


def test_a_job_that_leaves_a_paced_retry_costs_the_others_no_turn(
    store: Store, clock: ManualClock
) -> None:
    ids = dead_jobs(store, "x", "x", "x")
    store.dead.retry(ids, rate=TEN_A_MINUTE)
    store.admin.cancel([ids[0]])
    store.admin.hold([ids[1]])

    store.stage()

    assert claimable(store) == [ids[2]]
    assert store.due_in_ms() is None
    assert store.admin.release([ids[1]]).done == (ids[1],)
    assert claimable(store) == [ids[1]]


def test_a_paced_retry_of_thousands_goes_on_where_its_turns_outrun_its_batches(
    store: Store, clock: ManualClock
) -> None:
    """A stager that finds all let out takes the bucket away; the next batch makes it again."""
    ids = dead_jobs(store, *["x"] * 2_100)
    rate = Rate(count=100_000, per_ms=1_000)
    stop = threading.Event()

    def stage() -> None:
        while not stop.is_set():
            clock.advance(ms=10)
            store.stage()

    with ThreadPoolExecutor(1) as pool:
        staging = pool.submit(stage)
        store.dead.retry(ids, rate=rate)
        stop.set()
        staging.result()
    while store.due_in_ms() is not None:
        clock.advance(ms=10)
        store.stage()

    assert waiting(store, ids) == 0
    assert store.reader.counts() == {"default": {JobState.PENDING: 2_100}}


def test_a_fast_paced_retry_lets_out_at_once_what_falls_due_between_two_looks(
    store: Store, clock: ManualClock
) -> None:
    ids = dead_jobs(store, *["x"] * 100)
    store.dead.retry(ids, rate=Rate(count=200, per_ms=1_000))
    store.stage()
    clock.advance(ms=100)

    store.stage()

    assert waiting(store, ids) == 60


def test_stagers_that_meet_let_out_no_more_than_the_rate(store_url: str) -> None:
    clock = ManualClock()
    with connect(store_url, clock=clock) as store:
        ids = dead_jobs(store, *["x"] * 40)
        store.dead.retry(ids, rate=Rate(count=1, per_ms=1_000))
        for turn in range(5):
            with ThreadPoolExecutor(6) as pool:
                list(pool.map(lambda _: store.stage(), range(12)))
            assert waiting(store, ids) == 39 - turn
            clock.advance(ms=1_000)


def waiting(store: Store, ids: Sequence[JobId]) -> int:
    return sum(each.waits_for is not None for each in store.reader.find(ids))


# Purging.


def test_purged_jobs_are_gone_with_their_attempts_and_events(store: Store) -> None:
    ids = dead_jobs(store, "x", "x", "y")

    moved = store.dead.purge(JobFilter(fingerprint=job(store, ids[0]).fingerprint))

    assert moved.done == (ids[0], ids[1])
    assert store.reader.find(ids) == [job(store, ids[2])]
    assert store.reader.attempts(ids[0]) == []
    assert {event.job_id for event in store.reader.events()} == {ids[2]}
    assert store.dead.purge([ids[0]]).refused[0].args == UnknownJob(ids[0]).args


def test_a_purge_deletes_hundreds_in_several_batches(store: Store) -> None:
    ids = dead_jobs(store, *["x"] * 450)

    assert store.dead.purge(JobFilter()).done == tuple(ids)
    assert store.reader.counts() == {}


@pytest.mark.parametrize("outcome", [Succeeded(), Retry(delay_ms=1, reason="x")])
def test_no_job_is_purged_that_is_not_dead(store: Store, outcome: Succeeded | Retry) -> None:
    worker = a_worker(store)
    (one,) = store.enqueue([a_job()])
    store.finish(worker, [ended(claim_one(store, worker), outcome)])

    moved = store.dead.purge([one])

    assert isinstance(moved.refused[0], RefusedInState)
    assert "that works on dead jobs" in str(moved.refused[0])
    assert store.reader.find([one])


def test_a_job_that_an_unfinished_one_depends_on_is_not_purged(store: Store) -> None:
    parent, other = dead_jobs(store, "x", "x")
    (child,) = store.enqueue([a_job(hold=True)])
    depends(store, child, parent)

    moved = store.dead.purge([parent, other])

    assert moved.done == (other,)
    assert isinstance(moved.refused[0], StillNeeded)
    assert f"job {child} depends on it" in str(moved.refused[0])
    store.admin.cancel([child])
    assert store.dead.purge([parent]).done == (parent,)


def depends(store: Store, child: JobId, parent: JobId) -> None:
    text = (
        "INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met)"
        f" VALUES ({child}, 0, {parent}, 'success', 0)"
    )
    store._database.write(lambda connection: connection.exec_driver_sql(text))


# Giving up.


def test_a_retrying_job_that_a_person_gives_up_is_a_dead_letter_of_its_fault(store: Store) -> None:
    (like,) = dead_jobs(store, "no user 'alice'")
    worker = a_worker(store)
    (one,) = store.enqueue([a_job()])
    retry = Retry(delay_ms=60_000, reason="no user 'bob'")
    store.finish(worker, [ended(claim_one(store, worker), retry, error="no user 'bob'")])

    moved = store.admin.give_up([one, like])

    assert moved.done == (one,)
    assert isinstance(moved.refused[0], RefusedInState)
    given = job(store, one)
    assert (given.state, given.note) == (JobState.DEAD, "given up by a person")
    assert given.fingerprint == job(store, like).fingerprint
    assert given.finished_at is not None
    assert story_of(store, one)[-1] == "give_up"
    assert store.admin.retry([one]).done == (one,)
