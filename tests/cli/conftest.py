"""The program under test, with nothing of this machine's in reach."""

from pathlib import Path

import pytest

from tests.cli.inprocess import Inside
from tests.cli.program import Program


@pytest.fixture
def queuectl(tmp_path: Path) -> Program:
    return Program(folder=tmp_path)


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    return Inside(folder=tmp_path)
