"""What a database holds, asked behind the store's back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from queuectl_store import migrate
from queuectl_store.sql import rollup_tables, side_tables
from queuectl_store.sql import tables as job_tables
from queuectl_store.sql.metadata import metadata

# The modules of tables are imported for what they register.
assert metadata is job_tables.jobs.metadata is side_tables.settings.metadata
assert metadata is rollup_tables.tallies.metadata
VERSION_TABLE = "queuectl_schema_version"
_SQLITE = "SELECT name, sql FROM sqlite_schema WHERE tbl_name <> 'queuectl_schema_version'"
_POSTGRES = (
    "SELECT indexname, replace(indexdef, schemaname || '.', '') FROM pg_indexes"
    " WHERE schemaname = '{schema}' AND tablename <> 'queuectl_schema_version'"
)
_OLD_JOB = (
    "INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, created_at, spec)"
    """ VALUES ('k{n}', 'pending', 'default', 0, 3, 1800000000000, '{{"shell":"true"}}')"""
)
_OLD_EVENT = (
    "INSERT INTO queuectl_events (at, job_id, verb, state, attempt)"
    " VALUES (1800000000000, {n}, 'enqueue', 'pending', 0)"
)


def an_old_store(place: Path) -> None:
    """Make a SQLite store of the first schema there was, with three jobs."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    with opened(f"sqlite:///{place / 'queue.db'}") as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for n in (1, 2, 3):
            connection.exec_driver_sql(_OLD_JOB.format(n=n))
            connection.exec_driver_sql(_OLD_EVENT.format(n=n))


def has_every_column_and_index(connection: sa.Connection) -> bool:
    """Tell whether the database has all that tables.py names."""
    found = sa.inspect(connection)
    return all(
        {column["name"] for column in found.get_columns(table.name)} == {*table.columns.keys()}
        and {each["name"] for each in found.get_indexes(table.name)}
        >= {index.name for index in table.indexes} - {"queuectl_events_tx"}  # PostgreSQL's
        for table in metadata.tables.values()
    )


@contextmanager
def opened(url: str) -> Iterator[sa.Connection]:
    """Give a connection of the test's own; what it changes is committed."""
    driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(driver, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
        connection.commit()
    engine.dispose()


def tables(url: str) -> set[str]:
    with opened(url) as connection:
        return set(sa.inspect(connection).get_table_names())


def versions(url: str) -> list[str]:
    with opened(url) as connection:
        statement = f"SELECT version_num FROM {VERSION_TABLE}"
        return list(connection.exec_driver_sql(statement).scalars())


def set_version(url: str, version: str) -> None:
    with opened(url) as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")


def sqlite_definitions(url: str) -> dict[str, str]:
    """The text of every index, and of every table its kind and columns in the order of names."""
    with opened(url) as connection:
        found = connection.exec_driver_sql(_SQLITE).all()
        return {row.name: _definition(connection, row.name, row.sql) for row in found}


def _definition(connection: sa.Connection, name: str, text: str | None) -> str:
    if text is None or not text.startswith("CREATE TABLE"):
        return str(text)
    rows = connection.exec_driver_sql(f"PRAGMA table_xinfo({name})").all()
    kinds = [word for word in ("AUTOINCREMENT", "WITHOUT ROWID") if word in text]
    return "\n".join([*kinds, *sorted(str(tuple(row)[1:]) for row in rows)])


def postgres_indexes(url: str, schema: str) -> dict[str, str]:
    """The text of every index, its condition included."""
    with opened(url) as connection:
        rows = connection.exec_driver_sql(_POSTGRES.format(schema=schema))
        return {row[0]: row[1] for row in rows}
