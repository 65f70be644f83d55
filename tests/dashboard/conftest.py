"""A store of the test's own, and a dashboard that serves it."""

from collections.abc import Iterator

import pytest

from queuectl_dashboard import live
from queuectl_store import Store, connect
from tests.dashboard.site import Site, serving


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with connect(sqlite_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def brief_streams() -> Iterator[None]:
    """Let an event stream end soon, for those who ask for all that there is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "STREAM_S", 0.2)
        yield


@pytest.fixture
def site(store: Store) -> Iterator[Site]:
    with serving(store) as served:
        yield served
