"""Every row of a store, read past the store itself, in one call to each database."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from queuectl_store.sql import side_tables, tables
from queuectl_store.sql.metadata import metadata

Row = dict[str, Any]
Dump = Mapping[str, Sequence[Row]]

# Both modules of tables are imported for what they register.
assert metadata is tables.jobs.metadata is side_tables.settings.metadata
TABLES = tuple(metadata.sorted_tables)


class Peek(Protocol):
    """A look at one database from outside."""

    def dump(self) -> Dump:
        """Return the rows of each table, by primary key."""
        ...

    def empty(self) -> None:
        """Delete every row, and let ids begin at 1 again."""
        ...

    def close(self) -> None: ...


class SqlitePeek:
    """Looks through a connection of its own."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._queries = {
            table.name: f"SELECT {_columns(table)} FROM {table.name} ORDER BY {_key(table)}"
            for table in TABLES
        }

    def dump(self) -> Dump:
        execute = self._connection.execute
        return {
            table.name: _rows(table, execute(self._queries[table.name]).fetchall())
            for table in TABLES
        }

    def empty(self) -> None:
        names = [table.name for table in TABLES] + ["sqlite_sequence"]
        script = "".join(f"DELETE FROM {name};" for name in reversed(names))
        self._connection.executescript(f"BEGIN IMMEDIATE;{script}COMMIT;")

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
        # It keeps its promises about order and failure; only a power cut would show the rest.
        name = self._connection.info.dbname
        self._connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')

    def dump(self) -> Dump:
        found = self._connection.execute(self._query).fetchone()
        assert found is not None
        return {
            table.name: _rows(table, json.loads(text))
            for table, text in zip(TABLES, found, strict=True)
        }

    def empty(self) -> None:
        names = ", ".join(table.name for table in TABLES)
        self._connection.execute(f"TRUNCATE {names} RESTART IDENTITY")

    def close(self) -> None:
        self._connection.close()


def _columns(table: sa.Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _key(table: sa.Table) -> str:
    return ", ".join(column.name for column in table.primary_key.columns)


def _rows(table: sa.Table, found: Sequence[Sequence[Any]]) -> list[Row]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, values, strict=True)) for values in found]
