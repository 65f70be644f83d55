"""Windows and summaries of what happened, over a clock that is told to move."""

from collections.abc import Iterator

import pytest

from queuectl_metrics import summaries, window, windows
from queuectl_store import (
    Finish,
    JobState,
    ManualClock,
    NewJob,
    NewWorker,
    RunFacts,
    Shell,
    Store,
    Succeeded,
    Task,
    connect,
)

MINUTE_MS = 60_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(store_url: str, clock: ManualClock) -> Iterator[Store]:
    with connect(store_url, clock=clock) as opened:
        yield opened


def enqueue(store: Store, count: int, *, queue: str = "default") -> None:
    store.enqueue([NewJob(work=Shell(script="true"), queue=queue) for _ in range(count)])


def run_all(store: Store, clock: ManualClock, *, took_ms: int) -> None:
    worker = store.register(
        NewWorker(host="h", pid=1, concurrency=9, queues=None, lease_ms=10**9, version="0")
    )
    claims = store.claim(worker, limit=9)
    began = clock.now_ms
    clock.advance(ms=took_ms)
    facts = RunFacts(started_at=began)
    store.finish(worker, [Finish(claim=c, outcome=Succeeded(), facts=facts) for c in claims])


def test_a_window_has_a_point_for_each_step_and_the_depth_at_its_end(
    store: Store, clock: ManualClock
) -> None:
    enqueue(store, 3)
    clock.advance(ms=2 * MINUTE_MS)
    run_all(store, clock, took_ms=700)
    clock.advance(ms=2 * MINUTE_MS)

    found = window(store, seconds=300, step=60)

    assert [point.enqueued for point in found.points] == [0, 3, 0, 0, 0, 0]
    assert [point.attempts.get("succeeded", 0) for point in found.points] == [0, 0, 0, 3, 0, 0]
    pending, done = {JobState.PENDING: 3}, {JobState.SUCCEEDED: 3}
    assert [point.depth for point in found.points] == [{}, pending, pending, done, done, done]
    runs = found.points[3].runs.quantile_ms(0.5)
    assert runs is not None
    assert 500 < runs <= 1_000


def test_hours_are_read_where_the_step_is_one(store: Store, clock: ManualClock) -> None:
    enqueue(store, 1)
    clock.advance(ms=3_600_000)
    enqueue(store, 2)

    found = window(store, seconds=7_200, step=3_600)

    assert [point.enqueued for point in found.points] == [0, 1, 2]


def test_a_window_is_of_a_queue_or_of_a_task(store: Store) -> None:
    enqueue(store, 2, queue="mail")
    store.enqueue([NewJob(work=Task(name="send"))])

    assert window(store, queue="mail").points[-1].enqueued == 2
    assert window(store, task="send").points[-1].enqueued == 1
    assert window(store, task="").points[-1].enqueued == 2
    assert set(windows(store, by="queue")) == {"default", "mail"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"queue": "a", "task": "b"},
        {"step": 30},
        {"step": 90},
        {"seconds": 0},
        {"seconds": 49 * 3_600},
    ],
)
def test_what_cannot_be_had_is_refused(store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"window|step"):
        window(store, **wrong)  # type: ignore[arg-type]


def test_a_summary_adds_up_what_happened_lately(store: Store, clock: ManualClock) -> None:
    enqueue(store, 4)
    clock.advance(ms=90 * MINUTE_MS)
    enqueue(store, 2)
    run_all(store, clock, took_ms=5_000)

    hour, day = (summaries(store, by="queue", seconds=s)["default"] for s in (3_600, 86_400))

    assert (hour.counts.enqueued, day.counts.enqueued) == (2, 6)
    assert hour.counts.duration.count == 6
    assert hour.throughput == pytest.approx(6 / ((hour.until - hour.since) / 1000))
