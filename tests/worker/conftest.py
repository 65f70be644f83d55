"""One store a test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_store import Store, connect


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with connect(str(tmp_path / "queue.db")) as store:
        yield store
