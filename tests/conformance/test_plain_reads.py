"""The reader on plain connections: its own tests once more, and that no text is stale."""

from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from queuectl_store import DeadLetters, JobFilter, Look, ManualClock, Store, connect, look_at
from queuectl_store.engines.plain import PlainConnection
from queuectl_store.filtering import conditions
from queuectl_store.sql.plain import dead as plain_dead
from queuectl_store.sql.plain import read as plain_read
from queuectl_store.sql.statement import Narrowed, Statement
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
def store_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def store(store_url: str, clock: ManualClock) -> Iterator[Store]:
    """A store that is written as ever, and read by the standard library alone."""
    with connect(store_url, clock=clock) as opened, look_at(store_url, clock=clock) as plain:
        assert type(plain) is Look
        own = opened._source
        opened.reader, opened._source = plain.reader, plain._source
        opened.dead = DeadLetters(opened._database, opened.admin)
        opened.dead._source = plain._source
        yield opened
        opened._source = own  # which it closes


def test_a_plain_store_is_read_by_plain_connections(store: Store) -> None:
    with store._source.read() as connection:
        assert type(connection) is PlainConnection


FILTERS = {
    "nothing": {},
    "a state": {"states": ["dead"]},
    "states": {"states": ["pending", "running", "dead"]},
    "queues": {"queues": ["a", "b"]},
    "a tag": {"tags": {"a": "1"}},
    "tags": {"tags": {"a": "1", "b": "2"}},
    "words": {"search": "100%", "states": ["dead"], "queues": ["a"]},
    "a run": {"ran_since_ms": 1, "name": "n"},
    "names": {"task": "t", "name": "n", "fingerprint": "f", "group": "g", "since_ms": 1},
}


@pytest.mark.parametrize("statement", [plain_read.PAGE, plain_dead.GROUPS, plain_dead.IDS])
@pytest.mark.parametrize("chosen", FILTERS.values(), ids=FILTERS)
def test_a_filtered_text_is_the_one_that_sqlalchemy_makes(
    statement: Statement, chosen: dict[str, Any]
) -> None:
    """So it has the same plan."""
    where = conditions(JobFilter(**chosen))
    built = statement.built().where(*(each.built() for each in where))

    text = Narrowed(statement, where).text

    compiled = built.compile(dialect=SQLiteDialect_pysqlite(paramstyle="named"))
    bare = " ".join(text.split()).replace(" AND 1 = 1", "").replace(" WHERE 1 = 1", "")
    assert bare == " ".join(str(compiled).split())


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
