"""The reader on plain connections: its own tests once more, and that no text is stale."""

from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

from queuectl_store import DeadLetters, Look, ManualClock, Store, connect, look_at
from queuectl_store.engines.plain import PlainConnection
from scripts import plain_sql
from tests.conformance import (
    test_bad_input,
    test_dead,
    test_feed,
    test_groups,
    test_limits,
    test_reader,
    test_unique,
    test_why,
)

MODULES = (test_dead, test_feed, test_groups, test_limits, test_reader, test_unique, test_why)
READING = ("test_an_id_that_no_job_has", "test_any_text_can_be_looked_for")


def of_the_reader(module: ModuleType, *beginnings: str) -> dict[str, Callable[..., None]]:
    """Return by name the tests that work on the store that they are given.

    Those about indexes look at what SQLAlchemy's connections are given.
    """
    short = module.__name__.rpartition("test_")[2]
    return {
        f"{name}__{short}": test
        for name, test in vars(module).items()
        if name.startswith(beginnings or "test_")
        and "_index" not in name
        and "store" in signature(test).parameters
        and "store_url" not in signature(test).parameters
    }


for each in MODULES:
    globals().update(of_the_reader(each))
globals().update(of_the_reader(test_bad_input, *READING))
worker, dump = test_limits.worker, test_bad_input.dump


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'plain.db'}"


@pytest.fixture
def store(store_url: str, clock: ManualClock) -> Iterator[Store]:
    """A store that is written as ever, and read by the standard library alone."""
    with connect(store_url, clock=clock) as opened, look_at(store_url, clock=clock) as plain:
        assert type(plain) is Look
        opened.reader, opened._source = plain.reader, plain._source
        opened.dead = DeadLetters(opened._database, opened.admin)
        opened.dead._source = plain._source
        yield opened


def test_a_plain_store_is_read_by_plain_connections(store: Store) -> None:
    with store._source.read() as connection:
        assert type(connection) is PlainConnection


def test_the_texts_are_current() -> None:
    """If this fails: `.venv/bin/python scripts/plain_sql.py`."""
    files = plain_sql.TARGET.glob("*.py")
    written = {path.name: path.read_text(encoding="utf-8") for path in files}
    written.pop("__init__.py")

    assert written == plain_sql.pages()


def test_a_store_of_another_schema_is_opened_as_a_whole(tmp_path: Path) -> None:
    """Only `connect` makes, migrates or refuses."""
    url = str(tmp_path / "new.db")

    with look_at(url) as made, look_at(url) as there:
        assert type(made) is Store
        assert type(there) is Look
