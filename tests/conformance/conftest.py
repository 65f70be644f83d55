"""A fresh store on each database, with a clock that moves only when told to."""

from collections.abc import Iterator

import pytest

from queuectl_store import ManualClock, Store, connect


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(store_url: str, clock: ManualClock) -> Iterator[Store]:
    with connect(store_url, clock=clock) as opened:
        yield opened
