"""The skeleton of everything that a worker does beside its jobs."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from queuectl_store import StoreBusy, StoreDamaged
from queuectl_worker import loop as module
from queuectl_worker.loop import Loop
from tests.waiting import eventually


@contextmanager
def looping(
    tick: Callable[[], float], *, least_gap_s: float = 0.0
) -> Iterator[tuple[Loop, list[BaseException]]]:
    errors: list[BaseException] = []
    loop = Loop("test", tick, on_failure=errors.append, least_gap_s=least_gap_s)
    loop.start()
    try:
        yield loop, errors
    finally:
        loop.ask_to_stop()
        loop.join()


def test_first_tick_comes_at_once_and_a_poke_brings_the_next() -> None:
    ticks: list[float] = []

    def tick() -> float:
        ticks.append(time.monotonic())
        return 60.0

    with looping(tick) as (loop, _):
        eventually(lambda: len(ticks) == 1, within=20, what="the first tick")
        loop.poke()

        eventually(lambda: len(ticks) == 2, within=20, what="the second tick")


def test_pokes_do_not_make_it_more_frequent_than_its_gap() -> None:
    ticks: list[float] = []

    def tick() -> float:
        ticks.append(time.monotonic())
        return 60.0

    with looping(tick, least_gap_s=0.2) as (loop, _):
        while len(ticks) < 3:
            loop.poke()
            time.sleep(0.001)

    gaps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    assert min(gaps) >= 0.19


def test_store_that_does_not_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = []
    monkeypatch.setattr(module, "STORE_PAUSE_S", 0.01)

    def tick() -> float:
        ticks.append(1)
        raise StoreBusy("locked")

    with looping(tick) as (_, errors):
        eventually(lambda: len(ticks) >= 3, within=20, what="the third try")

    assert errors == []


def test_damage_or_a_bug_ends_it_and_is_told() -> None:
    for error in (StoreDamaged("bad page"), ZeroDivisionError()):

        def tick(error: Exception = error) -> float:
            raise error

        with looping(tick) as (_, errors):
            eventually(lambda: errors, within=20, what="the failure")
        assert errors == [error]


def test_stopping_waits_for_the_tick_that_runs() -> None:
    entered, ended = threading.Event(), threading.Event()

    def tick() -> float:
        entered.set()
        time.sleep(0.1)
        ended.set()
        return 60.0

    with looping(tick):
        assert entered.wait(5)

    assert ended.is_set()
