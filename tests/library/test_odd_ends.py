"""Tasks that end as no function should: each is told as it was, and hurts nobody else."""

import asyncio
import os
import sys
import threading
import time
from typing import Any

import pytest

from queuectl_worker import Queue, QueuedJob
from tests.library.conftest import Working
from tests.waiting import eventually

WITHIN_S = 30


class Odd(BaseException):
    """No Exception, as those are that tests and servers raise to end a program."""


ODD = [
    (SystemExit("bye"), "SystemExit: bye"),
    (KeyboardInterrupt(), "KeyboardInterrupt"),
    (GeneratorExit(), "GeneratorExit"),
    (asyncio.CancelledError("inside"), "CancelledError: inside"),
    (Odd("odd"), "Odd: odd"),
]


def error_of(job: QueuedJob) -> str | None:
    last = job.wait(WITHIN_S).facts.last
    return None if last is None else last.error


@pytest.mark.parametrize(("error", "told"), ODD)
def test_what_a_function_raises_is_its_error_and_its_thread_goes_on(
    queue: Queue, working: Working, error: BaseException, told: str
) -> None:
    @queue.task(max_retries=0)
    def odd() -> None:
        raise error

    @queue.task
    def fine() -> int:
        return 1

    with working(concurrency=1):
        job, next_one = odd.enqueue(), fine.enqueue()

        assert (job.wait(WITHIN_S).state, error_of(job)) == ("dead", told)
        assert next_one.wait(WITHIN_S).result == 1


@pytest.mark.parametrize(("error", "told"), ODD)
def test_what_a_coroutine_raises_is_its_error_and_the_loop_goes_on(
    queue: Queue, working: Working, error: BaseException, told: str
) -> None:
    @queue.task(max_retries=0)
    async def odd() -> None:
        await asyncio.sleep(0)
        raise error

    @queue.task
    async def fine() -> int:
        return 1

    with working(concurrency=1):
        job, next_one = odd.enqueue(), fine.enqueue()

        assert (job.wait(WITHIN_S).state, error_of(job)) == ("dead", told)
        assert next_one.wait(WITHIN_S).result == 1


def test_a_coroutine_left_on_the_loop_cannot_end_it(queue: Queue, working: Working) -> None:
    left: list[asyncio.Task[Any]] = []

    @queue.task
    async def leave() -> None:
        async def leaver() -> None:
            sys.exit(3)

        left.append(asyncio.create_task(leaver()))

    @queue.task
    async def fine() -> int:
        await asyncio.sleep(0.01)
        return 1

    with working(concurrency=1):
        leave.enqueue().wait(WITHIN_S)

        assert fine.enqueue().wait(WITHIN_S).result == 1


def test_a_coroutine_that_blocks_the_loop_past_its_limit_is_told_as_late(
    queue: Queue, working: Working
) -> None:
    @queue.task(max_retries=0, timeout=0.1)
    async def block() -> str:
        time.sleep(0.3)  # this is the mistake
        return "done"

    with working():
        assert error_of(block.enqueue()) == "timed out after 0.1s"


@pytest.mark.not_on("win")
def test_a_child_that_a_function_forks_and_lets_return_is_no_second_worker(
    queue: Queue, working: Working
) -> None:
    @queue.task
    def fork() -> int:
        os.fork()
        return os.getpid()

    @queue.task
    def fine() -> int:
        return os.getpid()

    with working(concurrency=1):
        jobs = [fork.enqueue(), *(fine.enqueue() for _ in range(20))]

        assert {job.wait(WITHIN_S).result for job in jobs} == {os.getpid()}


def test_a_coroutine_that_blocks_the_loop_holds_up_no_cancel_and_no_end_of_the_worker(
    queue: Queue, working: Working
) -> None:
    go_on = threading.Event()

    @queue.task(max_retries=0)
    async def block() -> None:
        go_on.wait(WITHIN_S)

    @queue.task
    async def fine() -> int:
        return 1

    @queue.task
    def function() -> int:
        return 2

    try:
        with working(concurrency=3):
            blocks = block.enqueue()
            eventually(
                lambda: blocks.refresh().state == "running", within=WITHIN_S, what="the block"
            )
            stuck, works = fine.enqueue(), function.enqueue()
            assert works.wait(WITHIN_S).result == 2

            blocks.cancel()

            assert blocks.wait(WITHIN_S).state == "cancelled"
    finally:
        go_on.set()
    assert stuck.refresh().state == "pending"
