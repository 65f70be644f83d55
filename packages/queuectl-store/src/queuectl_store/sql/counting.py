"""What the databases spell differently about counting: whose rows, and who folds."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import SyntaxExtension
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, ColumnElement

from queuectl_store.sql.rollup_tables import rollups, tallies

# Any number that other programs do not use.
_FOLD = 7_146_253_023


class Writer(ColumnElement[int]):
    """Whose rows of tallies are added to: 0 on SQLite, where a writer is alone.

    On PostgreSQL the number of the connection's own process: while it lives no other has it, and
    behind a pooler it runs one transaction at a time.
    """

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class TryFold(ColumnElement[bool]):
    """True for the one that folds until its transaction ends; others do not wait."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.Boolean()


class _OnConflict(SyntaxExtension, ClauseElement):
    """What an insert does with a row whose primary key is there."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True

    def apply_to_insert(self, insert_stmt: sa.Insert) -> None:
        """Stand after the values."""
        insert_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_values")


class AddUp(_OnConflict):
    """Adds to the row of tallies that is there."""

    inherit_cache = True


class Replace(_OnConflict):
    """Replaces what a rollup says."""

    inherit_cache = True


@compiles(Writer, "sqlite")
def _writer_sqlite(_element: Writer, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "0"


@compiles(Writer, "postgresql")
def _writer_postgres(_element: Writer, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "pg_backend_pid()"


@compiles(TryFold, "sqlite")
def _try_sqlite(_element: TryFold, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "1"


@compiles(TryFold, "postgresql")
def _try_postgres(_element: TryFold, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"pg_try_advisory_xact_lock({_FOLD})"


@compiles(AddUp)
def _add_up(_element: AddUp, _compiler: SQLCompiler, **_kw: Any) -> str:
    name = tallies.name
    sums = ", ".join(f"{each} = {name}.{each} + excluded.{each}" for each in ("n", "ms"))
    return f"ON CONFLICT ({_columns(tallies)}) DO UPDATE SET {sums}"


@compiles(Replace)
def _replace(_element: Replace, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"ON CONFLICT ({_columns(rollups)}) DO UPDATE SET counts = excluded.counts"


def _columns(table: sa.Table) -> str:
    return ", ".join(column.name for column in table.primary_key)
