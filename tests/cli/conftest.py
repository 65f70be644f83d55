"""The program under test, with nothing of this machine's in reach."""

from pathlib import Path

import pytest

from tests.cli.inprocess import Inside
from tests.cli.program import Program


@pytest.fixture
def queuectl(tmp_path: Path, sqlite_url: str) -> Program:
    """The program with a store that was just made."""
    queuectl = Program(folder=tmp_path)
    assert queuectl.db.as_posix() == sqlite_url.removeprefix("sqlite:///")
    return queuectl


@pytest.fixture
def first_time(tmp_path: Path) -> Program:
    """The program where it never ran: there is no store yet."""
    return Program(folder=tmp_path)


@pytest.fixture
def inside(tmp_path: Path, sqlite_url: str) -> Inside:
    return Inside(folder=tmp_path)
