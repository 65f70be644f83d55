"""Functions and coroutines through a real store and worker: results, errors, wishes, ends."""

import asyncio
import re
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from queuectl_store import MAX_RESULT, JobState, NewJob, Shell, Task
from queuectl_worker import (
    Context,
    GiveUp,
    InvalidTask,
    JobFailed,
    Queue,
    Retry,
    Snooze,
    WaitTimeout,
    current,
)
from tests.library.conftest import Working
from tests.waiting import eventually

WITHIN_S = 20.0


def error_of(queue: Queue, job_id: int) -> str | None:
    return queue.store.reader.attempts(job_id)[-1].error  # type: ignore[arg-type]


def test_a_function_and_a_coroutine_and_a_command_run_side_by_side(
    queue: Queue, working: Working
) -> None:
    @queue.task
    def add(a: int, b: int = 2) -> int:
        return a + b

    @queue.task
    async def double(n: int) -> int:
        await asyncio.sleep(0)
        return 2 * n

    jobs = [add.enqueue(1), double.enqueue(21), *queue.send([NewJob(work=Shell(script="exit 0"))])]
    with working():
        results = [job.wait(WITHIN_S).result for job in jobs]

    assert results == [3, 42, None]


def test_a_task_called_by_its_name_is_the_plain_function(queue: Queue) -> None:
    @queue.task
    def add(a: int, b: int) -> int:
        """Add."""
        return a + b

    assert (add(1, 2), add.__name__, add.__doc__) == (3, "add", "Add.")


def test_an_exception_is_the_attempts_error_and_is_retried_by_the_policy(
    queue: Queue, working: Working
) -> None:
    tries: list[int] = []

    @queue.task(max_retries=2, backoff_base=1, backoff_max=0)
    def flaky(ctx: Context) -> str:
        tries.append(ctx.attempt)
        if len(tries) < 3:
            raise ValueError(f"not yet: {len(tries)}")
        return "done"

    with working():
        job = flaky.enqueue().wait(WITHIN_S)

    assert (job.result, tries) == ("done", [1, 2, 3])
    attempts = queue.store.reader.attempts(job.id)
    assert [each.error for each in attempts] == [
        "ValueError: not yet: 1",
        "ValueError: not yet: 2",
        None,
    ]


def test_a_task_says_what_becomes_of_its_job(queue: Queue, working: Working) -> None:
    seen: dict[str, int] = {"again": 0, "later": 0}

    @queue.task(max_retries=1)
    def again() -> None:
        seen["again"] += 1
        if seen["again"] == 1:
            raise Retry(after=0, reason="the server is busy")

    @queue.task(max_retries=5)
    def hopeless() -> None:
        raise GiveUp("no such account")

    @queue.task(max_retries=0)
    def later() -> None:
        seen["later"] += 1
        if seen["later"] < 3:
            raise Snooze(for_=timedelta(0))

    with working():
        jobs = [task.enqueue().wait(WITHIN_S) for task in (again, hopeless, later)]

    assert [job.state for job in jobs] == [JobState.SUCCEEDED, JobState.DEAD, JobState.SUCCEEDED]
    assert queue.store.reader.attempts(jobs[0].id)[0].error == "the server is busy"
    assert (jobs[1].facts.note, jobs[1].facts.attempt) == ("no such account", 1)
    assert jobs[2].facts.attempt == 1  # a snooze uses none
    with pytest.raises(JobFailed, match="no such account"):
        jobs[1].result  # noqa: B018


def test_a_task_knows_its_run_and_reports_progress(queue: Queue, working: Working) -> None:
    told: dict[str, object] = {}
    shown, seen = threading.Event(), threading.Event()

    @queue.task(timeout=60)
    def work(ctx: Context) -> None:
        told.update(job=ctx.job.id, attempt=ctx.attempt, same=current() is ctx)
        told["owner"] = ctx.progress(50, "half")
        shown.set()
        assert seen.wait(WITHIN_S)

    with working():
        job = work.enqueue()
        assert shown.wait(WITHIN_S)
        progress = job.refresh().facts.progress
        seen.set()
        job.wait(WITHIN_S)

    assert progress == "50% half"
    assert told == {"job": job.id, "attempt": 1, "same": True, "owner": True}
    with pytest.raises(LookupError):
        current()


def test_a_function_that_heeds_its_time_limit_ends_as_timed_out(
    queue: Queue, working: Working
) -> None:
    @queue.task(timeout=0.1, max_retries=0)
    def patient(ctx: Context) -> None:
        assert ctx.deadline is not None
        assert ctx.cancelled.wait(WITHIN_S)

    with working():
        job = patient.enqueue().wait(WITHIN_S)

    assert (job.state, error_of(queue, job.id)) == (JobState.DEAD, "timed out after 0.1s")


def test_a_function_that_loops_past_its_limit_is_interrupted(
    queue: Queue, working: Working
) -> None:
    after = threading.Event()

    @queue.task(timeout=0.1, max_retries=0)
    def spin() -> None:
        try:
            while True:
                time.sleep(0.001)  # a loop that hears nothing
        finally:
            after.set()

    with working():
        job = spin.enqueue().wait(WITHIN_S)

    assert after.is_set()
    assert error_of(queue, job.id) == "timed out after 0.1s"


def test_a_thread_that_cannot_be_stopped_is_given_up_and_named(
    queue: Queue, working: Working
) -> None:
    """Its slot goes to another thread: one hanging call must not take a worker out of service."""
    go_on = threading.Event()

    @queue.task(timeout=0.1, max_retries=0)
    def stuck() -> None:
        go_on.wait(60)  # one call into C, in which no exception arrives

    @queue.task
    def quick() -> int:
        return 1

    try:
        with working(concurrency=1):
            job, other = stuck.enqueue(), quick.enqueue()
            assert other.wait(WITHIN_S).result == 1
            job.wait(WITHIN_S)
    finally:
        go_on.set()

    assert error_of(queue, job.id) == (
        "timed out after 0.1s; its thread could not be stopped and still runs"
    )


def test_cancelling_reaches_a_function_and_a_coroutine(queue: Queue, working: Working) -> None:
    began = {"function": threading.Event(), "coroutine": threading.Event()}
    heard = threading.Event()

    @queue.task
    def function(ctx: Context) -> None:
        began["function"].set()
        assert ctx.cancelled.wait(WITHIN_S)

    @queue.task
    async def coroutine() -> None:
        began["coroutine"].set()
        try:
            await asyncio.sleep(60)
        finally:
            heard.set()

    with working():
        jobs = [function.enqueue(), coroutine.enqueue()]
        assert all(event.wait(WITHIN_S) for event in began.values())
        for job in jobs:
            job.cancel()
        states = [job.wait(WITHIN_S).state for job in jobs]

    assert states == [JobState.CANCELLED, JobState.CANCELLED]
    assert heard.is_set()


def test_a_coroutine_is_cancelled_at_its_time_limit(queue: Queue, working: Working) -> None:
    @queue.task(timeout="100ms", max_retries=0)
    async def hang() -> None:
        await asyncio.sleep(60)

    with working():
        job = hang.enqueue().wait(WITHIN_S)

    assert (job.state, error_of(queue, job.id)) == (JobState.DEAD, "timed out after 0.1s")


def test_a_worker_that_is_told_to_stop_at_once_gives_its_tasks_back(
    queue: Queue, working: Working
) -> None:
    began = threading.Event()

    @queue.task(max_retries=0)
    def function(ctx: Context) -> None:
        began.set()
        ctx.cancelled.wait(WITHIN_S)

    with working() as worker:
        job = function.enqueue()
        assert began.wait(WITHIN_S)
        worker.stop(now=True)
        eventually(lambda: not queue.store.reader.workers(), within=WITHIN_S, what="its end")

    facts = job.refresh().facts
    assert (facts.state, facts.attempt) == (JobState.PENDING, 0)


def test_a_task_of_another_release_is_put_back_and_uses_no_attempt(
    queue: Queue, working: Working
) -> None:
    [job] = queue.send([NewJob(work=Task(name="nobody.knows"))])

    with working():
        eventually(
            lambda: job.refresh().state is JobState.RETRYING, within=WITHIN_S, what="the job back"
        )

    assert (job.facts.attempt, job.facts.attempts_left) == (0, 4)


def test_a_renamed_task_still_runs_jobs_of_its_former_name(queue: Queue, working: Working) -> None:
    @queue.task(name="mail.send", aliases=["send_mail"])
    def send() -> str:
        return "sent"

    [old] = queue.send([NewJob(work=Task(name="send_mail"))])
    new = send.enqueue()
    with working():
        results = [job.wait(WITHIN_S).result for job in (old, new)]

    assert results == ["sent", "sent"]
    assert new.facts.work == Task(name="mail.send")


def test_arguments_of_an_older_release_fail_the_attempt_with_a_clear_error(
    queue: Queue, working: Working
) -> None:
    @queue.task
    def thumbnail(path: str, *, width: int) -> None: ...

    [job] = queue.send([NewJob(work=Task(name="thumbnail", args=("a",)), max_retries=0)])
    with working():
        job.wait(WITHIN_S)

    # Python 3.12 and later say which kind of argument.
    told = error_of(queue, job.id)
    assert told is not None
    assert re.fullmatch(
        "InvalidArguments: thumbnail: missing a required (keyword-only )?argument: 'width'", told
    )


def test_a_result_that_json_cannot_carry_fails_the_attempt(queue: Queue, working: Working) -> None:
    @queue.task(max_retries=0)
    def strange() -> object:
        return object()

    with working():
        job = strange.enqueue().wait(WITHIN_S)

    assert error_of(queue, job.id) == (
        "TypeError: JSON cannot carry a object; pass an id or plain values"
    )


def test_a_result_that_is_too_large_fails_the_attempt_and_harms_nobody(
    queue: Queue, working: Working
) -> None:
    @queue.task(max_retries=0)
    def large(size: int) -> str:
        return "x" * (size - 2)  # the quotes count

    @queue.task(max_retries=0)
    async def large_too(size: int) -> list[str]:
        return ["x" * size]

    with working():
        jobs = [large.enqueue(MAX_RESULT + 1), large_too.enqueue(20_000_000)]
        ended = [job.wait(WITHIN_S) for job in jobs]
        largest = large.enqueue(MAX_RESULT).wait(WITHIN_S)

    assert [job.state for job in ended] == [JobState.DEAD, JobState.DEAD]
    errors = [error_of(queue, job.id) or "" for job in jobs]
    assert errors[0].startswith("ResultTooLarge: the result is 1,048,577 characters as JSON")
    assert "20,000,004" in errors[1]
    assert largest.result == "x" * (MAX_RESULT - 2)


def test_whatever_an_exception_says_its_attempt_is_recorded(queue: Queue, working: Working) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("not today")

    @queue.task(max_retries=0)
    def fail(how: str) -> None:
        if how == "mute":
            raise Mute
        raise GiveUp("y" * 5_000_000) if how == "gives up" else ValueError("x" * 5_000_000)

    with working():
        jobs = [fail.enqueue(how).wait(WITHIN_S) for how in ("long", "gives up", "mute")]

    errors = [error_of(queue, job.id) or "" for job in jobs]
    assert errors[0] == f"ValueError: {'x' * (10_000 - 12)}…"
    assert errors[1] == f"{'y' * 10_000}…"
    assert errors[2] == "Mute: its message cannot be told: ValueError"


def test_no_more_tasks_run_at_once_than_there_are_slots(queue: Queue, working: Working) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def count(step: int) -> None:
        with lock:
            now[0] += step
            most[0] = max(most[0], now[0])

    @queue.task
    def function() -> None:
        count(1)
        time.sleep(0.01)  # long enough to meet others
        count(-1)

    @queue.task
    async def coroutine() -> None:
        count(1)
        await asyncio.sleep(0.01)
        count(-1)

    jobs = [task.enqueue() for _ in range(20) for task in (function, coroutine)]
    with working(concurrency=3):
        for job in jobs:
            job.wait(WITHIN_S)

    assert 1 < most[0] <= 3


def test_waiting_has_a_limit_and_leaves_the_job_alone(queue: Queue) -> None:
    @queue.task
    def never() -> None: ...

    job = never.enqueue()

    with pytest.raises(WaitTimeout, match="is pending"):
        job.wait(timeout=0)
    with pytest.raises(WaitTimeout, match="has no result yet"):
        job.result  # noqa: B018
    with pytest.raises(WaitTimeout):
        asyncio.run(job.wait_async(timeout=0))
    assert job.state is JobState.PENDING


def test_waiting_in_an_event_loop_leaves_it_free(queue: Queue, working: Working) -> None:
    @queue.task
    async def slow() -> int:
        await asyncio.sleep(0.2)
        return 7

    async def caller() -> tuple[int, int]:
        ticks, job = 0, slow.enqueue()

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        beside = asyncio.create_task(tick())
        result = (await job.wait_async(WITHIN_S)).result
        beside.cancel()
        return result, ticks

    with working():
        result, ticks = asyncio.run(caller())

    assert result == 7
    assert ticks > 5


def test_two_tasks_of_one_name_are_refused_with_their_places(queue: Queue) -> None:
    @queue.task
    def work() -> None: ...

    with pytest.raises(InvalidTask, match="two tasks are named 'work'") as refused:

        @queue.task(name="work")
        def other() -> None: ...

    assert Path(__file__).name in str(refused.value)


def test_an_unknown_option_is_refused_with_those_there_are(queue: Queue) -> None:
    with pytest.raises(InvalidTask, match="no option 'retries'; there are queue, priority"):

        @queue.task(retries=3)
        def work() -> None: ...
