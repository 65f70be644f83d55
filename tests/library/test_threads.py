"""Threads of tasks that are ended by force at the worst moment."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from queuectl_store import Claim, NewWorker, StoreBusy
from queuectl_store.interrupts import UNBROKEN
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
        run = executor._begun[key_of(claim)]
        run.ending = Stopped()
        go.set()
        assert returned.wait(20)
        executor._raise_in(run)

        ends = ends_told_by(executor)
        assert [(each.key, each.ending) for each in ends] == [(key_of(claim), Stopped())]


def test_a_lock_that_others_need_is_given_back_by_a_task_that_is_ended_by_force(
    queue: Queue, executor: ThreadExecutor
) -> None:
    """From Python 3.14 on the exception comes to a thread that waits for a lock once it has it."""
    lock, waits, was_whole = threading.Lock(), threading.Event(), threading.Event()

    @queue.task
    def waiting() -> None:
        with UNBROKEN:
            waits.set()
            with lock:
                was_whole.set()
        while True:  # until the exception comes
            pass

    waiting.enqueue()
    with lock:
        run = running(executor, claims(queue, 1)[0])
        assert waits.wait(20)
        executor._raise_in(run)
        assert not run.was_raised

    [end] = ends_told_by(executor)

    assert was_whole.is_set()
    assert not lock.locked()
    assert end.ending == Stopped()


def test_a_store_stays_usable_where_a_task_is_ended_by_force_within_it(
    queue: Queue, executor: ThreadExecutor, sqlite_url: str
) -> None:
    @queue.task
    def other() -> None: ...

    @queue.task
    def endless() -> None:
        while True:
            with suppress(StoreBusy):
                other.enqueue()

    endless.enqueue()
    somebody = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    with closing(somebody):
        claim = claims(queue, 1)[0]
        somebody.execute("BEGIN IMMEDIATE")
        run = running(executor, claim)
        eventually(lambda: run.gate.is_closed, within=20, what="an enqueue that waits")
        executor._raise_in(run)
        assert not run.was_raised
        somebody.execute("ROLLBACK")

    [end] = ends_told_by(executor)

    assert end.ending == Stopped()
    assert other.enqueue().id


def test_a_task_is_not_ended_by_force_within_logging(
    queue: Queue, executor: ThreadExecutor
) -> None:
    """Whoever logs waits for the lock of the handler, this worker too."""
    logs, go, was_whole = threading.Event(), threading.Event(), threading.Event()

    class Slow(logging.Handler):
        def emit(self, _: logging.LogRecord) -> None:
            logs.set()
            go.wait(20)
            was_whole.set()

    slow = logging.getLogger("tests.slow")
    slow.propagate = False
    slow.addHandler(Slow())

    @queue.task
    def talking() -> None:
        slow.warning("a word")
        while True:  # until the exception comes
            pass

    talking.enqueue()
    run = running(executor, claims(queue, 1)[0])
    assert logs.wait(20)
    executor._raise_in(run)
    assert not run.was_raised
    go.set()

    [end] = ends_told_by(executor)

    assert was_whole.is_set()
    assert end.ending == Stopped()


def running(executor: ThreadExecutor, claim: Claim) -> Any:
    """Let *claim* run, and return what the executor knows of it, which is to end by force."""
    executor.submit([claim])
    run = eventually(
        lambda: executor._begun.get(key_of(claim)), within=20, what="the start of a run"
    )
    run.ending = Stopped()
    return run


def ends_told_by(executor: ThreadExecutor) -> list[RunEnded]:
    """Wait for the end of a run."""
    heard: list[RunReport] = []

    def look() -> list[RunEnded]:
        heard.extend(executor.receive())
        return [each for each in heard if isinstance(each, RunEnded)]

    return eventually(look, within=20, what="the end of the run")
