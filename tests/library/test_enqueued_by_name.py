"""Tasks that are enqueued by their names alone, as by the command line: what they say holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from queuectl_store import Backoff, Edit, JobFilter, JobId, ManualClock, NewJob, NewSchedule, Task
from queuectl_store.byname import left_to_task
from queuectl_worker import Context, Queue
from queuectl_worker.testing import drain, temporary_store
from tests.library.conftest import Working
from tests.waiting import eventually


@pytest.fixture
def queue(store_url: str) -> Iterator[Queue]:
    queue = Queue(store_url)
    yield queue
    queue.close()


def enqueue_by_name(queue: Queue, name: str, **said: Any) -> JobId:
    """Store a job as a program does that knows the task's name alone."""
    work = Task(name=name)
    rules: dict[str, Any] = {"max_retries": None, "timeout_ms": None, "backoff": None, **said}
    new = NewJob(work=work, left_to_task=left_to_task(work, **rules), **rules)
    return queue.store.enqueue([new])[0]


def test_the_retries_and_the_limits_of_the_task_hold_and_are_shown(
    queue: Queue, working: Working
) -> None:
    limits: list[object] = []

    @queue.task(max_retries=0, timeout=30, backoff_base=3, jitter=0)
    def fail(context: Context) -> None:
        limits.append(context.deadline)
        raise ValueError("no")

    job_id = enqueue_by_name(queue, "fail")
    before = queue.job(job_id).facts

    with working():
        job = queue.job(job_id).wait(20)

    assert (before.max_retries, before.timeout_ms, before.backoff) == (3, None, None)
    assert job.state == "dead"
    assert job.facts.note == "attempt 1 of 1 failed: ValueError: no"
    assert (job.facts.max_retries, job.facts.timeout_ms) == (0, 30_000)
    assert job.facts.backoff == Backoff(base=3, jitter=0)
    assert limits[0] is not None


def test_what_is_said_at_the_enqueue_wins(queue: Queue, working: Working) -> None:
    @queue.task(max_retries=5, timeout=30)
    def fail() -> None:
        raise ValueError("no")

    job_id = enqueue_by_name(queue, "fail", max_retries=0)

    with working():
        job = queue.job(job_id).wait(20)

    assert (job.facts.max_retries, job.facts.timeout_ms) == (0, 30_000)


def test_what_is_edited_meanwhile_wins(queue: Queue, working: Working) -> None:
    @queue.task(max_retries=5, timeout=30)
    def fail() -> None:
        raise ValueError("no")

    job_id = enqueue_by_name(queue, "fail")
    queue.store.admin.edit([job_id], Edit(max_retries=0))

    with working():
        job = queue.job(job_id).wait(20)

    assert (job.facts.max_retries, job.facts.timeout_ms) == (0, 30_000)


def test_a_task_that_says_nothing_leaves_the_settings(queue: Queue, working: Working) -> None:
    @queue.task
    def work() -> None: ...

    queue.store.settings.set("max_retries", "7")
    job_id = enqueue_by_name(queue, "work")

    with working():
        job = queue.job(job_id).wait(20)

    assert (job.state, job.facts.max_retries) == ("succeeded", 7)


def test_a_task_without_a_limit_takes_that_of_the_settings_away(
    queue: Queue, working: Working
) -> None:
    @queue.task(timeout=0)
    def work() -> None: ...

    queue.store.settings.set("timeout", "5s")
    job_id = enqueue_by_name(queue, "work")

    with working():
        job = queue.job(job_id).wait(20)

    assert (job.state, job.facts.timeout_ms) == ("succeeded", None)


def test_a_schedule_of_a_task_has_its_rules(queue: Queue, working: Working) -> None:
    @queue.task(max_retries=0)
    def tick() -> None:
        raise ValueError("no")

    work = Task(name="tick")
    job = NewJob(work=work, left_to_task=left_to_task(work, max_retries=None))
    queue.store.schedules.add(NewSchedule(name="often", every_ms=1_000, job=job))

    with working():
        eventually(
            lambda: queue.store.reader.page(JobFilter()), within=20, what="a job of the schedule"
        )
        made = queue.job(queue.store.reader.page(JobFilter())[0].id).wait(20)

    assert made.facts.max_retries == 0


def test_tests_see_the_rules_too() -> None:
    clock = ManualClock()
    with temporary_store(clock) as store:
        queue = Queue(store)

        @queue.task(max_retries=1)
        def fail() -> None:
            raise ValueError("no")

        job_id = enqueue_by_name(queue, "fail")

        assert drain(queue, clock=clock).failed == 2
        assert queue.job(job_id).state == "dead"
