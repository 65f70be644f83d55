"""What is counted is what happened, by each verb, before and after it is folded."""

import threading
from collections import Counter
from typing import Any

import pytest

from queuectl_store import (
    BOUNDS_MS,
    Cancelled,
    Dead,
    Dependency,
    Edit,
    Fact,
    Histogram,
    JobState,
    ManualClock,
    NewGroup,
    NewJob,
    Released,
    Retry,
    Snoozed,
    Store,
    Succeeded,
    Task,
    connect,
    parse_halt,
)
from tests.conformance.story import (
    a_job,
    a_worker,
    claim_one,
    ended,
    enqueue_one,
    job,
    vanished,
)

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def folded(store: Store) -> int:
    count = 0
    while some := store.rollups.upkeep():
        count += some
    return count


def counted(store: Store) -> dict[tuple[str, str], int]:
    return Counter((job.queue, job.state.value) for job in store.reader.find(range(1, 100)))


def depths(store: Store) -> dict[tuple[str, str], int]:
    return {
        (queue, state.value): n
        for queue, states in store.rollups.depths().items()
        for state, n in states.items()
    }


def test_every_verb_moves_the_depths_as_it_moves_the_jobs(store: Store, clock: ManualClock) -> None:
    worker = a_worker(store, concurrency=9)
    ids = store.enqueue([a_job() for _ in range(8)])
    store.enqueue([a_job(hold=True), a_job(delay_ms=5), a_job(queue="mail", delay_ms=9)])
    store.enqueue([a_job(after=((Dependency(parent=ids[0]),),))])
    assert depths(store) == counted(store)

    claims = store.claim(worker, limit=6)
    outcomes = (
        *(Succeeded(), Retry(delay_ms=1, reason="no"), Dead(reason="no"), Cancelled()),
        *(Snoozed(delay_ms=1), Released(reason="bye")),
    )
    store.finish(worker, [ended(c, o) for c, o in zip(claims, outcomes, strict=True)])
    assert depths(store) == counted(store)

    clock.advance(ms=60)
    store.stage()
    store.admin.hold([ids[6], ids[7]])
    store.admin.cancel([ids[7]])
    store.admin.edit([ids[6]], Edit(queue="moved"))
    store.admin.retry([ids[2]])
    store.admin.rerun([ids[3]])
    assert depths(store) == counted(store)

    store.admin.remove([ids[0], ids[7]])
    folded(store)
    assert depths(store) == counted(store)
    assert store.maintenance.check() == []


def test_folding_changes_no_number(store: Store, clock: ManualClock) -> None:
    worker = a_worker(store)
    for _ in range(3):
        store.enqueue([a_job(), a_job(queue="mail"), NewJob(work=Task(name="send"))])
        for claim in store.claim(worker, limit=3):
            clock.advance(ms=40)
            store.finish(worker, [ended(claim, Succeeded(), started_at=clock.now_ms - 40)])
        clock.advance(ms=HOUR_MS // 2)
    before = everything(store)

    assert folded(store) > 0
    assert everything(store) == before


def everything(store: Store) -> list[Any]:
    rollups = store.rollups
    return [
        rollups.totals(),
        rollups.depths(),
        *(rollups.minutes(scope, since_ms=0) for scope in ("store", "queue", "task")),
        *(rollups.hours(scope, since_ms=0) for scope in ("store", "queue", "task")),
        rollups.since("queue", since_ms=0),
    ]


def test_who_has_patience_leaves_a_minute_that_is_just_over_to_others(
    store: Store, clock: ManualClock
) -> None:
    enqueue_one(store)
    clock.advance(ms=MINUTE_MS)

    assert store.rollups.upkeep(patience_ms=MINUTE_MS) == 0
    clock.advance(ms=MINUTE_MS)
    assert store.rollups.upkeep(patience_ms=MINUTE_MS) == 1


def test_a_snapshot_tells_what_its_parts_tell(store: Store, clock: ManualClock) -> None:
    """Some of it folded, some of it of the minute that goes on."""
    worker = a_worker(store)
    for _ in range(2):
        store.enqueue([a_job(), a_job(queue="mail"), NewJob(work=Task(name="send"))])
        store.finish(worker, [ended(each, Succeeded()) for each in store.claim(worker, limit=2)])
        store.rollups.upkeep()
        clock.advance(ms=MINUTE_MS)

    seen, rollups = store.rollups.snapshot(), store.rollups

    totals = rollups.totals()
    assert seen.totals.queues == totals.queues
    assert (seen.totals.store, seen.totals.schedules) == (totals.store, totals.schedules)
    assert seen.totals.tasks == {}
    assert seen.depths == rollups.depths()
    assert seen.gauges == rollups.gauges()


def test_a_task_is_counted_by_its_name_and_a_command_by_none(store: Store) -> None:
    store.enqueue([a_job(), NewJob(work=Task(name="send")), NewJob(work=Task(name="send"))])

    tasks = store.rollups.totals().tasks

    assert {name: each.counts.enqueued for name, each in tasks.items()} == {"": 1, "send": 2}


def test_a_wait_is_counted_from_when_the_job_could_have_been_claimed(
    store: Store, clock: ManualClock
) -> None:
    worker = a_worker(store, lease_ms=HOUR_MS)
    enqueue_one(store)
    enqueue_one(store, delay_ms=10_000)
    held = enqueue_one(store, hold=True)
    clock.advance(ms=20_000)
    store.stage()
    store.admin.release([held])
    clock.advance(ms=400)
    store.claim(worker, limit=3)

    waits = store.rollups.totals().queues["default"].counts.waits

    assert waits == histogram(20_400, 10_400, 400)


def test_a_wait_of_just_a_bound_lies_within_its_bucket(store: Store, clock: ManualClock) -> None:
    """On PostgreSQL the statement that claims finds the bucket."""
    worker = a_worker(store, lease_ms=10**9)
    waits = [0, 1, *(ms + more for ms in (5, 10, 3_600_000, BOUNDS_MS[-1]) for more in (0, 1))]
    for wait in waits:
        store.enqueue([NewJob(work=Task(name="t" * 300))])
        clock.advance(ms=wait)
        assert len(store.claim(worker, limit=1)) == 1

    totals = store.rollups.totals()

    assert totals.queues["default"].counts.waits == histogram(*waits)
    assert list(totals.tasks) == ["t" * 200]


@pytest.mark.parametrize(
    ("run_ms", "took_ms"),
    [(4_000, 4_000), (60_000, 60_000), (60_001, 60_000), (-5, 0), (2**63, 60_000), (None, 60_000)],
)
def test_a_run_whose_end_is_recorded_late_is_not_longer_for_it(
    store: Store, clock: ManualClock, run_ms: int | None, took_ms: int
) -> None:
    """The store may have been away, or the end have waited for others of its batch."""
    job_id, worker = enqueue_one(store), a_worker(store, lease_ms=100_000)
    claim, began = claim_one(store, worker), clock.now_ms
    clock.advance(ms=60_000)

    store.finish(worker, [ended(claim, Succeeded(), started_at=began, run_ms=run_ms)])

    (attempt,) = store.reader.attempts(job_id)
    assert attempt.finished_at - (attempt.started_at or 0) == took_ms
    assert job(store, job_id).finished_at == clock.now_ms
    counts = store.rollups.totals().queues["default"].counts
    assert counts.durations == {"succeeded": histogram(took_ms)}


def test_a_duration_is_counted_by_its_outcome(store: Store, clock: ManualClock) -> None:
    worker = a_worker(store)
    enqueue_one(store)
    enqueue_one(store)
    first, second = store.claim(worker, limit=2)
    began = clock.now_ms
    clock.advance(ms=30)
    store.finish(worker, [ended(first, Succeeded(), started_at=began)])
    clock.advance(ms=3_000)
    store.finish(worker, [ended(second, Retry(delay_ms=1, reason="no"), started_at=began)])

    counts = store.rollups.totals().queues["default"].counts

    assert counts.attempts == {"succeeded": 1, "failed": 1}
    assert counts.durations == {"succeeded": histogram(30), "failed": histogram(3_030)}
    assert counts.retries == 1
    assert counts.finished == {JobState.SUCCEEDED: 1}


def histogram(*times_ms: int) -> Histogram:
    buckets = [0] * (len(BOUNDS_MS) + 1)
    for ms in times_ms:
        buckets[sum(ms > bound for bound in BOUNDS_MS)] += 1
    return Histogram(tuple(buckets), sum(times_ms))


def test_a_result_that_comes_too_late_is_counted(store: Store, clock: ManualClock) -> None:
    worker, other = a_worker(store), a_worker(store, lease_ms=10_000_000)
    enqueue_one(store)
    slow = claim_one(store, worker)
    clock.advance(ms=10_001)
    store.rescue(vanished)
    store.finish(worker, [ended(slow, Succeeded())])

    facts = store.rollups.totals().store.counts.facts  # type: ignore[union-attr]

    assert facts == {Fact.LEASE_EXPIRED: 1, Fact.WORKER_CRASHED: 1, Fact.RESULT_FENCED: 1}
    assert store.rollups.totals().queues["default"].counts.attempts == {"crashed": 1}
    assert other


def test_minutes_and_hours_say_what_happened_in_them(store: Store, clock: ManualClock) -> None:
    began = clock.now_ms
    enqueue_one(store)
    clock.advance(ms=MINUTE_MS)
    store.enqueue([a_job(), a_job()])
    clock.advance(ms=HOUR_MS)
    enqueue_one(store, queue="mail")
    folded(store)

    minutes = store.rollups.minutes("queue", since_ms=began)
    hours = store.rollups.hours("store", since_ms=began)

    assert [(each.name, each.at - began, each.counts.enqueued) for each in minutes] == [
        ("default", 0, 1),
        ("default", MINUTE_MS, 2),
        ("mail", MINUTE_MS + HOUR_MS, 1),
    ]
    assert [(each.at - began, each.counts.enqueued) for each in hours] == [(0, 3), (HOUR_MS, 1)]


def test_what_is_old_is_forgotten_but_not_the_totals(store: Store, clock: ManualClock) -> None:
    enqueue_one(store)
    clock.advance(ms=HOUR_MS)
    folded(store)
    clock.advance(ms=49 * HOUR_MS)
    enqueue_one(store)
    clock.advance(ms=HOUR_MS)
    folded(store)

    assert [each.counts.enqueued for each in store.rollups.minutes("store", since_ms=0)] == [1]
    assert [each.counts.enqueued for each in store.rollups.hours("store", since_ms=0)] == [1, 1]
    assert store.rollups.totals().queues["default"].counts.enqueued == 2


def test_beyond_the_names_kept_tasks_are_counted_together(store: Store, clock: ManualClock) -> None:
    store.enqueue([NewJob(work=Task(name=f"t{n:03}")) for n in range(220)])
    clock.advance(ms=MINUTE_MS)
    folded(store)

    tasks = store.rollups.totals().tasks

    assert len(tasks) == 201
    assert tasks["other"].counts.enqueued == 20


def test_jobs_that_a_group_stops_are_counted(store: Store) -> None:
    worker = a_worker(store)
    store.enqueue(
        [a_job() for _ in range(5)],
        group=NewGroup(name="g", halt=parse_halt("soon,fail=1")),
    )
    store.finish(worker, [ended(claim_one(store, worker), Dead(reason="no"))])

    assert depths(store) == counted(store)


def test_writers_at_the_same_time_lose_no_count(store_url: str) -> None:
    """On PostgreSQL four connections write at once, and another folds all the while."""
    stop = threading.Event()

    def write(n: int) -> None:
        with connect(store_url) as own:
            for _ in range(25):
                own.enqueue([a_job(queue=f"q{n % 2}")])

    def fold() -> None:
        with connect(store_url) as own:
            while not stop.is_set():
                own.rollups.fold()

    with connect(store_url) as store:
        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        folder = threading.Thread(target=fold)
        for thread in (*writers, folder):
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        folder.join()

        assert store.rollups.depths() == {
            "q0": {JobState.PENDING: 50},
            "q1": {JobState.PENDING: 50},
        }
        assert store.rollups.totals().store.counts.enqueued == 100  # type: ignore[union-attr]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_quantile_lies_within_its_bucket(share: float) -> None:
    some = histogram(60, 70, 80)

    quantile = some.quantile_ms(share)

    assert quantile is not None
    assert 50 <= quantile <= 100
