"""Fixtures for the tests of programs with a queue; pytest finds them by itself.

A package of its own, and nothing of ours is imported before a test asks for it: pytest loads
this for every project, and `queuectl_worker` takes a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from queuectl_store import ManualClock, Store
    from queuectl_worker.queue import Queue


@pytest.fixture
def queuectl_clock() -> ManualClock:
    """Give a clock that moves only when it is told to."""
    from queuectl_store import ManualClock

    return ManualClock()


@pytest.fixture
def queuectl_store(queuectl_clock: ManualClock) -> Iterator[Store]:
    """Give an empty store on that clock, for this test alone."""
    from queuectl_worker.testing import temporary_store

    with temporary_store(queuectl_clock) as store:
        yield store


@pytest.fixture
def queuectl_use(queuectl_store: Store) -> Iterator[Callable[[Queue], Queue]]:
    """Give a function that lets a program's queue work on that store until the test ends."""
    from queuectl_worker.testing import using

    with ExitStack() as stack:
        yield lambda queue: stack.enter_context(using(queue, queuectl_store))
