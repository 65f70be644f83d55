"""A store, a farm of worker processes and the dice, for tests that pull plugs."""

import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_store import Store, connect
from tests.crash.farm import Farm
from tests.crash.scale import SEED


@pytest.fixture
def dice() -> random.Random:
    """The test's only source of chance; a failing test shows the seed that repeats it."""
    seed = SEED or secrets.randbelow(10**9)
    print(f"QUEUECTL_TEST_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with connect(store_url) as opened:
        yield opened


@pytest.fixture
def farm(store: Store, store_url: str, tmp_path: Path) -> Iterator[Farm]:
    # After the store, so that it is closed before: workers go first.
    with Farm(folder=tmp_path, store_url=store_url) as opened:
        yield opened
