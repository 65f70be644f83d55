"""The schema that migrations build, on both databases: equal to tables.py, whole or not there."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from queuectl_store import JobId, StoreError, StoreTooNew, connect, schema, upgrading
from queuectl_store.sql import side_tables
from queuectl_store.sql import tables as job_tables
from queuectl_store.sql.metadata import metadata
from tests.conformance.story import enqueue_one, job
from tests.store.schema import (
    VERSION_TABLE,
    opened,
    postgres_indexes,
    set_version,
    sqlite_definitions,
    tables,
    versions,
)

MIGRATIONS = Path(schema.__file__).with_name("migrations")
CROWD = 6
OPENER = """
import sys
from queuectl_store import connect
print("ready", flush=True)
sys.stdin.readline()
connect(sys.argv[1]).close()
"""
BREAKS = '''"""A migration that fails half way."""

from alembic import op
import sqlalchemy as sa

revision = "9000"
down_revision = "{head}"


def upgrade():
    op.create_table("queuectl_half", sa.Column("id", sa.Integer()))
    op.execute("SELECT queuectl_no_such_function()")
'''

# Imported for what they register.
assert metadata is job_tables.jobs.metadata is side_tables.queues.metadata


def test_migrations_build_what_the_tables_say(bare_url: str) -> None:
    connect(bare_url).close()

    with opened(bare_url) as connection:
        opts = {"version_table": VERSION_TABLE, "include_object": is_for(connection.dialect.name)}
        context = MigrationContext.configure(connection, opts=opts)
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_migrated_definitions_equal_created_ones_to_the_letter(
    bare_sqlite_url: str, tmp_path: Path
) -> None:
    """Alembic does not compare the conditions of partial indexes; their text does.

    A column that came later stands at the end of its table, so columns are compared one by one.
    """
    created = f"sqlite:///{tmp_path / 'created.db'}"
    with opened(created) as connection:
        metadata.create_all(connection)

    connect(bare_sqlite_url).close()

    assert sqlite_definitions(bare_sqlite_url) == sqlite_definitions(created)


def test_migrated_indexes_equal_created_ones_on_postgresql(bare_postgres_url: str) -> None:
    with opened(bare_postgres_url) as connection:
        connection.exec_driver_sql("CREATE SCHEMA created")
        connection.exec_driver_sql("SET search_path = created")
        metadata.create_all(connection)

    connect(bare_postgres_url).close()

    created = postgres_indexes(bare_postgres_url, schema="created")
    assert postgres_indexes(bare_postgres_url, schema="public") == created
    assert any("WHERE ((state = 'pending'" in text for text in created.values())


def test_the_head_is_the_newest_migration_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    heads = ScriptDirectory.from_config(config).get_heads()

    assert heads == [schema.HEAD]
    assert max(path.name for path in MIGRATIONS.glob("versions/*.py"))[:4] == schema.HEAD


def test_processes_that_start_at_once_on_an_empty_database_make_one_schema(bare_url: str) -> None:
    with ExitStack() as stack:
        crowd = [stack.enter_context(an_opener(bare_url)) for _ in range(CROWD)]
        for process in crowd:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

        for process in crowd:
            give_the_word(process)
        ends = [(process.communicate(timeout=60)[1], process.returncode) for process in crowd]

    assert ends == [("", 0)] * CROWD
    assert versions(bare_url) == [schema.HEAD]
    with connect(bare_url) as store:
        assert enqueue_one(store) == 1


def test_a_migration_that_fails_on_an_empty_database_leaves_nothing(
    bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_a_broken_migration(tmp_path, monkeypatch)

    with pytest.raises(StoreError, match="queuectl_no_such_function"):
        connect(bare_url)

    assert tables(bare_url) == set()


def test_a_migration_that_fails_on_a_store_leaves_it_as_it_was(
    bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_store_with_a_job(bare_url)
    before = tables(bare_url)
    add_a_broken_migration(tmp_path, monkeypatch)

    with pytest.raises(StoreError, match="queuectl_no_such_function"):
        connect(bare_url)

    monkeypatch.undo()
    assert tables(bare_url) == before
    with connect(bare_url) as store:
        assert job(store, job_id).command == "true"


def test_a_store_of_a_newer_program_is_refused(bare_url: str) -> None:
    a_store_with_a_job(bare_url)
    set_version(bare_url, "9999")

    with pytest.raises(StoreTooNew, match="schema 9999") as refused:
        connect(bare_url)

    assert "\n" not in str(refused.value)
    assert versions(bare_url) == ["9999"]


def is_for(dialect: str) -> Callable[..., bool]:
    """Leave out of a comparison the indexes that only the other database has."""

    def included(thing: object, name: str, kind: str, *_: object) -> bool:
        return not (kind == "index" and name == "queuectl_events_tx" and dialect == "sqlite")

    return included


def a_store_with_a_job(url: str) -> JobId:
    with connect(url) as store:
        return enqueue_one(store)


def add_a_broken_migration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one more migration, which fails half way, after ours."""
    shutil.copytree(MIGRATIONS, folder / "migrations")
    (folder / "migrations" / "versions" / "9000_breaks.py").write_text(
        BREAKS.format(head=schema.HEAD)
    )
    monkeypatch.setattr(upgrading, "__file__", str(folder / "upgrading.py"))
    monkeypatch.setattr(schema, "HEAD", "9000")


def an_opener(url: str) -> "subprocess.Popen[str]":
    """Start a process that imports everything, and opens the store at a word."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", OPENER, url]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def give_the_word(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("now\n")
    process.stdin.flush()
