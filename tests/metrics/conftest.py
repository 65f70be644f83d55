"""Prometheus's own programs, for tests of what they read from us."""

from pathlib import Path

import pytest

from tests.cli.inprocess import Inside
from tests.metrics.prometheus import PrometheusMissing, find


@pytest.fixture(scope="session")
def promtool() -> str:
    """The path of promtool."""
    return _found("promtool")


@pytest.fixture(scope="session")
def prometheus_program() -> str:
    """The path of the server."""
    return _found("prometheus")


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """The program in this process."""
    return Inside(folder=tmp_path)


def _found(name: str) -> str:
    try:
        return find(name)
    except PrometheusMissing as missing:
        pytest.skip(str(missing))
