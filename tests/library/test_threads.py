"""Threads of tasks that are ended by force at the worst moment."""

import threading
from collections.abc import Iterator

import pytest

from queuectl_store import Claim, NewWorker
from queuectl_worker import Queue
from queuectl_worker.executors import RunEnded, RunReport, Stopped, ThreadExecutor, key_of
from tests.waiting import eventually

TIMES = 20


@pytest.fixture
def queue(sqlite_url: str) -> Iterator[Queue]:
    queue = Queue(sqlite_url)
    yield queue
    queue.close()


@pytest.fixture
def executor(queue: Queue) -> Iterator[ThreadExecutor]:
    executor = ThreadExecutor(
        queue.tasks,
        slots=1,
        tell=lambda *_: True,
        note=lambda *_: None,
        kill_grace_ms=lambda: 0,
    )
    executor.start()
    yield executor
    executor.close()


def claims(queue: Queue, count: int) -> list[Claim]:
    worker = NewWorker(host="here", pid=1, concurrency=1, queues=None, lease_ms=60_000, version="0")
    return queue.store.claim(queue.store.register(worker), limit=count)


def test_a_thread_whose_task_returns_as_it_is_ended_by_force_goes_on_with_the_next(
    queue: Queue, executor: ThreadExecutor
) -> None:
    """A worker that loses its lease ends all runs at once, and some of them have just returned."""
    started, go, returned = (threading.Event() for _ in range(3))

    @queue.task
    def short() -> None:
        started.set()
        go.wait(20)
        returned.set()

    short.enqueue_many({} for _ in range(TIMES))
    for claim in claims(queue, TIMES):
        for event in (started, go, returned):
            event.clear()
        executor.submit([claim])
        assert started.wait(20)
        with executor._lock:
            # The thread needs the lock once the task has returned, and does not get it.
            run = executor._begun[key_of(claim)]
            run.ending = Stopped()
            go.set()
            assert returned.wait(20)
            executor._raise_now(run)

        ends = ends_told_by(executor)
        assert [(each.key, each.ending) for each in ends] == [(key_of(claim), Stopped())]


def ends_told_by(executor: ThreadExecutor) -> list[RunEnded]:
    """Wait for the end of a run."""
    heard: list[RunReport] = []

    def look() -> list[RunEnded]:
        heard.extend(executor.receive())
        return [each for each in heard if isinstance(each, RunEnded)]

    return eventually(look, within=20, what="the end of the run")
