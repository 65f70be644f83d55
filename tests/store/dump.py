"""All rows of all tables, behind the store's back."""

import hashlib
import sqlite3
from collections.abc import Iterable

import sqlalchemy as sa

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
Dump = dict[str, list[str]]


def dump_of(connection: sa.Connection) -> Dump:
    """Return every row of every table of either database, in a stable order."""
    names = sorted(sa.inspect(connection).get_table_names())
    dump = {name: _rows(connection.exec_driver_sql(f"SELECT * FROM {name}")) for name in names}
    connection.rollback()  # the next look must see what is stored by then
    return dump


def digest_of(path: str) -> str:
    """Return a digest of every row of every table of an SQLite file."""
    connection = sqlite3.connect(path)
    try:
        return digest(connection)
    finally:
        connection.close()


def digest(connection: sqlite3.Connection) -> str:
    """Return a digest of every row of every table."""
    sums = hashlib.sha256()
    for (name,) in connection.execute(_TABLES).fetchall():
        for row in _rows(connection.execute(f"SELECT * FROM {name}")):
            sums.update(f"{name} {row}\n".encode("utf-8", "surrogateescape"))
    return sums.hexdigest()


def _rows(found: Iterable[object]) -> list[str]:
    return sorted(str(tuple(row)) for row in found)  # type: ignore[call-overload]
