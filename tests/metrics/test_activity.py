"""What a store did lately."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from queuectl_metrics import Moves, activity
from queuectl_store import (
    Claim,
    Dead,
    Finish,
    JobId,
    JobState,
    ManualClock,
    NewJob,
    NewWorker,
    Retry,
    Shell,
    Store,
    Succeeded,
    WorkerId,
    connect,
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(store_url: str, clock: ManualClock) -> Iterator[Store]:
    with connect(store_url, clock=clock) as opened:
        yield opened


def register(store: Store) -> WorkerId:
    lease_ms = 600_000
    return store.register(
        NewWorker(host="h", pid=1, concurrency=9, queues=None, lease_ms=lease_ms, version="0")
    )


def enqueue(store: Store, count: int, *, queue: str = "default") -> None:
    store.enqueue([NewJob(work=Shell(script="true"), queue=queue) for _ in range(count)])


def end(claim: Claim, outcome: Succeeded | Retry | Dead) -> Finish:
    return Finish(claim=claim, outcome=outcome)


def test_an_idle_store_has_zeros_for_everything(store: Store) -> None:
    result = activity(store)

    assert (result.minute, result.hour, result.day) == (Moves(), Moves(), Moves())
    assert result.counts == dict.fromkeys(JobState, 0)


def test_moves_of_the_last_minute_are_counted_by_kind(store: Store) -> None:
    enqueue(store, 6)
    worker = register(store)
    claims = store.claim(worker, limit=4)
    retry = Retry(delay_ms=60_000, reason="no")
    store.finish(worker, [end(claims[0], Succeeded()), end(claims[1], Succeeded())])
    store.finish(worker, [end(claims[2], retry), end(claims[3], Dead(reason="no"))])
    store.admin.cancel([JobId(6)])

    result = activity(store)

    expected = Moves(enqueued=6, started=4, succeeded=2, failed=1, dead=1, cancelled=1)
    assert result.minute == result.hour == result.day == expected


def test_counts_add_up_the_queues(store: Store) -> None:
    enqueue(store, 2, queue="mail")
    enqueue(store, 3, queue="video")

    assert activity(store).counts[JobState.PENDING] == 5


@pytest.mark.parametrize(
    ("passed_ms", "seen"),
    [(59_000, (1, 1, 1)), (61_000, (0, 1, 1)), (3_601_000, (0, 0, 1)), (86_401_000, (0, 0, 0))],
)
def test_a_move_leaves_the_minute_then_the_hour_then_the_day(
    sqlite_url: str, clock: ManualClock, passed_ms: int, seen: tuple[int, int, int]
) -> None:
    with connect(sqlite_url, clock=clock) as store:
        enqueue(store, 1)
        clock.advance(ms=passed_ms)

        result = activity(store)

    assert (result.minute.enqueued, result.hour.enqueued, result.day.enqueued) == seen


def test_the_moment_may_be_given(sqlite_url: str, clock: ManualClock) -> None:
    with connect(sqlite_url, clock=clock) as store:
        enqueue(store, 1)

        result = activity(store, now=clock.now_ms + 61_000)

    assert result.at == clock.now_ms + 61_000
    assert result.minute == replace(result.minute, enqueued=0)
