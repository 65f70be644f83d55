"""A store of the test's own, and a dashboard that serves it."""

from collections.abc import Iterator

import pytest

from queuectl_store import Store, connect
from tests.dashboard.site import Site, serving


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with connect(sqlite_url) as opened:
        yield opened


@pytest.fixture
def site(store: Store) -> Iterator[Site]:
    with serving(store) as served:
        yield served
