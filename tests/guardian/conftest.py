"""One guardian a test, closed after it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .desk import Desk

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.guardian.close()
