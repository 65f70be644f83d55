"""Every row of a store, read past the store itself, in one call to each database."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from queuectl_store.sql import rollup_tables, side_tables, tables
from queuectl_store.sql.metadata import metadata

Row = dict[str, Any]
Dump = Mapping[str, Sequence[Row]]
# What one database says of each table, in its own form; equal exactly when all rows are.
Raw = Mapping[str, Any]

# Both modules of tables are imported for what they register.
assert metadata is tables.jobs.metadata is side_tables.settings.metadata
assert metadata is rollup_tables.tallies.metadata
TABLES = tuple(metadata.sorted_tables)
NAMES = tuple(table.name for table in TABLES)


class Peek(Protocol):
    """A look at one database from outside."""

    def look(self) -> Raw:
        """Return what there is, by table."""
        ...

    def rows(self, raw: Raw) -> Dump:
        """Return the rows of each table, by primary key."""
        ...

    def empty(self) -> None:
        """Delete every row, and let ids begin at 1 again."""
        ...

    def close(self) -> None: ...


class SqlitePeek:
    """Looks through a connection of its own."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self._queries = {
            table.name: f"SELECT {_columns(table)} FROM {table.name} ORDER BY {_key(table)}"
            for table in TABLES
        }

    def look(self) -> Raw:
        execute = self._connection.execute
        return {name: execute(query).fetchall() for name, query in self._queries.items()}

    def rows(self, raw: Raw) -> Dump:
        return {table.name: _rows(table, raw[table.name]) for table in TABLES}

    def skip_an_id(self) -> None:
        """Let the next id of a job never be given."""
        self._connection.execute(
            "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'queuectl_jobs'"
        )

    def empty(self) -> None:
        names = "', '".join(NAMES)
        counters = f"DELETE FROM sqlite_sequence WHERE name IN ('{names}');"
        script = "".join(f"DELETE FROM {name};" for name in NAMES)
        self._connection.executescript(f"BEGIN IMMEDIATE;{script}{counters}COMMIT;")

    def close(self) -> None:
        self._connection.close()


class PostgresPeek:
    """Looks through a connection of its own; all tables come in one answer."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        parts = [
            f"(SELECT coalesce(json_agg(json_build_array({_columns(table)})"
            f" ORDER BY {_key(table)}), '[]') FROM {table.name})::text"
            for table in TABLES
        ]
        self._query = f"SELECT {', '.join(parts)}"

    def look(self) -> Raw:
        found = self._connection.execute(self._query, prepare=True).fetchone()
        assert found is not None
        return {table.name: text for table, text in zip(TABLES, found, strict=True)}

    def rows(self, raw: Raw) -> Dump:
        return {table.name: _rows(table, json.loads(raw[table.name])) for table in TABLES}

    def empty(self) -> None:
        self._connection.execute(f"TRUNCATE {', '.join(NAMES)} RESTART IDENTITY")

    def close(self) -> None:
        self._connection.close()


def commit_without_waiting_for_the_disk(postgres_url: str) -> None:
    """Let PostgreSQL keep all its promises but one, that only a power cut would put to the test."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


def _columns(table: sa.Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _key(table: sa.Table) -> str:
    return ", ".join(column.name for column in table.primary_key.columns)


def _rows(table: sa.Table, found: Sequence[Sequence[Any]]) -> list[Row]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, values, strict=True)) for values in found]
