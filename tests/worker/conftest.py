"""One store a test, closed after it."""

from collections.abc import Iterator

import pytest

from queuectl_store import Store, connect


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with connect(sqlite_url) as store:
        yield store
