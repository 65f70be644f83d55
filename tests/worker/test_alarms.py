"""Calls at their time, and how many that never come are kept."""

import threading
from collections.abc import Iterator

import pytest

from queuectl_worker.executors.alarms import Alarms
from queuectl_worker.timing import monotonic_ms
from tests.waiting import eventually

HOUR_MS = 3_600_000


@pytest.fixture
def alarms() -> Iterator[Alarms]:
    made = Alarms()
    made.start()
    yield made
    made.close()


def test_calls_come_in_the_order_of_their_times(alarms: Alarms) -> None:
    now_ms, rung, last = monotonic_ms(), list[int](), threading.Event()
    alarms.set(now_ms + HOUR_MS, last.set)

    alarms.set(now_ms + 60, lambda: rung.append(3))
    alarms.set(now_ms - 5, lambda: rung.append(1))
    alarms.set(now_ms + 30, lambda: rung.append(2))

    eventually(lambda: len(rung) == 3, within=20, what="three calls")
    assert rung == [1, 2, 3]
    assert not last.is_set()


def test_what_is_dropped_is_not_called(alarms: Alarms) -> None:
    now_ms, rung = monotonic_ms(), list[str]()

    dropped = alarms.set(now_ms + 30, lambda: rung.append("dropped"))
    alarms.set(now_ms + 60, lambda: rung.append("kept"))
    alarms.drop(dropped)
    alarms.drop(dropped)
    alarms.drop(None)

    eventually(lambda: rung, within=20, what="a call")
    assert rung == ["kept"]


def test_limits_of_runs_that_ended_long_before_them_do_not_pile_up(alarms: Alarms) -> None:
    """A million tasks with a limit of an hour are over within minutes."""
    at_ms, kept = monotonic_ms() + HOUR_MS, 50
    for _ in range(kept):
        alarms.set(at_ms, lambda: None)
    most = 0
    for _ in range(20_000):
        alarms.drop(alarms.set(at_ms, lambda: None))
        most = max(most, len(alarms))

    assert kept <= len(alarms) <= most < 3_000
