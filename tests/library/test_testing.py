"""The testing module: tasks run here and now, on a clock that is set."""

import asyncio
from collections.abc import Iterator

import pytest

from queuectl_store import JobState, ManualClock, NewJob, NewSchedule, Shell, Task
from queuectl_worker import Queue, Snooze, current
from queuectl_worker.testing import Drained, drain, enqueued, inline, temporary_store


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def queue(clock: ManualClock) -> Iterator[Queue]:
    with temporary_store(clock) as store:
        yield Queue(store)


def test_a_drain_runs_what_is_due_and_tasks_that_tasks_enqueue(queue: Queue) -> None:
    @queue.task
    def outer(n: int) -> None:
        for k in range(n):
            inner.enqueue(k)

    @queue.task
    async def inner(k: int) -> int:
        return k

    job = outer.enqueue(3)

    assert drain(queue) == Drained(succeeded=4, failed=0)
    assert job.refresh().state is JobState.SUCCEEDED
    assert enqueued(queue) == []


def test_a_set_clock_is_moved_through_delays_and_backoff(queue: Queue, clock: ManualClock) -> None:
    before, tries = clock.wall_ms(), []

    @queue.task(max_retries=3, backoff_base=10, jitter=0)
    def flaky() -> str:
        tries.append((clock.wall_ms() - before) / 1000)
        if len(tries) < 3:
            raise ValueError("not yet")
        return "done"

    job = flaky.options(delay=60).enqueue()

    assert drain(queue) == Drained(succeeded=0, failed=0)
    assert [each.id for each in enqueued(queue, flaky)] == [job.id]
    assert drain(queue, clock=clock) == Drained(succeeded=1, failed=2)
    assert tries == [60, 70, 170]
    assert job.refresh().result == "done"


def a_tick_a_minute(queue: Queue) -> list[int]:
    """Schedule a task each minute; return the list of the times at which it runs."""
    times: list[int] = []

    @queue.task(name="tick")
    def tick() -> None:
        times.append(queue.store.reader.now_ms())

    job = NewJob(work=Task(name="tick"))
    queue.store.schedules.add(NewSchedule(name="tick", job=job, every_ms=60_000))
    return times


def test_a_drain_fires_the_slots_that_are_due(queue: Queue, clock: ManualClock) -> None:
    times = a_tick_a_minute(queue)
    assert drain(queue) == Drained(succeeded=0, failed=0)
    clock.advance(ms=60_000)

    assert drain(queue) == Drained(succeeded=1, failed=0)
    assert times == [clock.wall_ms()]


def test_a_set_clock_goes_forward_by_weeks_too(queue: Queue, clock: ManualClock) -> None:
    @queue.task
    def remind() -> None:
        remind.options(delay="3d").enqueue() if clock.wall_ms() < over else None

    over = clock.wall_ms() + 30 * 86_400_000
    remind.options(delay="2w").enqueue()

    assert drain(queue, clock=clock).succeeded == 7
    assert enqueued(queue) == []


def test_a_set_clock_stops_at_slots_on_its_way_but_does_not_move_for_them(
    queue: Queue, clock: ManualClock
) -> None:
    before, times = clock.wall_ms(), a_tick_a_minute(queue)

    @queue.task
    def late() -> None:
        pass

    assert drain(queue, clock=clock) == Drained(succeeded=0, failed=0)
    assert clock.wall_ms() == before
    late.options(delay=150).enqueue()

    assert drain(queue, clock=clock) == Drained(succeeded=3, failed=0)
    assert times == [before + 60_000, before + 120_000]
    assert clock.wall_ms() == before + 150_000


def test_inline_runs_a_task_before_its_enqueue_returns(queue: Queue) -> None:
    @queue.task
    def add(a: int, b: int) -> int:
        return a + b

    with inline(queue):
        assert add.enqueue(1, 2).result == 3
    assert add.enqueue(1, 2).state is JobState.PENDING


def test_tasks_that_never_come_to_an_end_are_found_out(queue: Queue) -> None:
    @queue.task
    def again() -> None:
        raise Snooze(for_=0)

    again.enqueue()

    with pytest.raises(RuntimeError, match="still something to do"):
        drain(queue, most=20)


def test_a_command_is_not_run(queue: Queue) -> None:
    queue.send([NewJob(work=Shell(script="true"))])

    with pytest.raises(RuntimeError, match="job 1 is a command"):
        drain(queue)


def test_inside_a_coroutine_tasks_run_inline_and_drain_as_elsewhere() -> None:
    """As in a test of a web application, or with pytest's plugins for asyncio."""
    with temporary_store() as store:
        queue = Queue(store)

        @queue.task
        async def double(n: int) -> int:
            await asyncio.sleep(0)
            return 2 * n * current().attempt

        async def story() -> list[int]:
            waits = double.enqueue(1)
            drain(queue)
            with inline(queue):
                made = await double.enqueue_async(2)
                return [waits.result, made.result, double.enqueue(3).result]

        assert asyncio.run(story()) == [2, 4, 6]
