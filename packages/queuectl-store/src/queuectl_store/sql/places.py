"""What the databases spell differently about places: in the feed, and in the numbering of rows."""

from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement

from queuectl_store.sql.rows import number


class Horizon(ColumnElement[int]):
    """The lowest transaction that is still open: what lower ones wrote is all to be seen.

    1 on SQLite, where every event has the number 0.
    """

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class FeedOrder(ColumnElement[int]):
    """The events in the order of the feed: PostgreSQL (tx, id), SQLite id alone."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class FeedBackwards(FeedOrder):
    """The same, newest first."""

    inherit_cache = True


class NewestId(ColumnElement[int]):
    """The highest id below the horizon, or one that is higher than any."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class InFeed(ColumnElement[bool]):
    """True for the events after the place (`:after_tx`, `:after_id`) that all can be seen."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002
        """Stay as it is: compared with 1, as SQLite's truths are, it could use no index."""
        return self


class UpTo(InFeed):
    """True for the events up to the place (`:to_tx`, `:to_id`), that one included."""

    inherit_cache = True


class IsForeign(ColumnElement[bool]):
    """True for events that a transaction of another server wrote: they were restored here."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002
        """Stay as it is: compared with 1, as SQLite's truths are, it could use no index."""
        return self


class LastId(ColumnElement[int]):
    """The highest id that a table with ids of its own ever gave, though its row may be gone."""

    inherit_cache = False
    type = sa.BigInteger()

    def __init__(self, table: sa.Table) -> None:
        self.of = table.name


_AFTER_TX = sa.bindparam("after_tx", type_=sa.BigInteger)
_AFTER_ID = sa.bindparam("after_id", type_=sa.BigInteger)
_TO_TX = sa.bindparam("to_tx", type_=sa.BigInteger)
_TO_ID = sa.bindparam("to_id", type_=sa.BigInteger)


@compiles(Horizon, "sqlite")
def _horizon_sqlite(_element: Horizon, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "1"


@compiles(Horizon, "postgresql")
def _horizon_postgres(_element: Horizon, _compiler: SQLCompiler, **_kw: Any) -> str:
    return number("pg_snapshot_xmin(pg_current_snapshot())")


@compiles(FeedOrder, "sqlite")
def _order_sqlite(_element: FeedOrder, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "queuectl_events.id"


@compiles(FeedOrder, "postgresql")
def _order_postgres(_element: FeedOrder, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "queuectl_events.tx, queuectl_events.id"


@compiles(FeedBackwards, "sqlite")
def _back_sqlite(_element: FeedBackwards, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "queuectl_events.id DESC"


@compiles(FeedBackwards, "postgresql")
def _back_postgres(_element: FeedBackwards, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "queuectl_events.tx DESC, queuectl_events.id DESC"


@compiles(NewestId, "sqlite")
def _newest_sqlite(_element: NewestId, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "(SELECT coalesce(max(id), 0) FROM queuectl_events)"


@compiles(NewestId, "postgresql")
def _newest_postgres(_element: NewestId, _compiler: SQLCompiler, **_kw: Any) -> str:
    return str(2**63 - 1)


@compiles(InFeed, "sqlite")
def _in_feed_sqlite(_element: InFeed, compiler: SQLCompiler, **kw: Any) -> str:
    # A cursor with another number than 0 is of a PostgreSQL store: nothing comes after it here.
    is_ours = f"{compiler.process(_AFTER_TX, **kw)} = 0"
    return f"{is_ours} AND queuectl_events.id > {compiler.process(_AFTER_ID, **kw)}"


@compiles(InFeed, "postgresql")
def _in_feed_postgres(_element: InFeed, compiler: SQLCompiler, **kw: Any) -> str:
    place = f"({compiler.process(_AFTER_TX, **kw)}, {compiler.process(_AFTER_ID, **kw)})"
    horizon = number("pg_snapshot_xmin(pg_current_snapshot())")
    return f"(queuectl_events.tx, queuectl_events.id) > {place} AND queuectl_events.tx < {horizon}"


@compiles(UpTo, "sqlite")
def _up_to_sqlite(_element: UpTo, compiler: SQLCompiler, **kw: Any) -> str:
    return f"queuectl_events.id <= {compiler.process(_TO_ID, **kw)}"


@compiles(UpTo, "postgresql")
def _up_to_postgres(_element: UpTo, compiler: SQLCompiler, **kw: Any) -> str:
    place = f"({compiler.process(_TO_TX, **kw)}, {compiler.process(_TO_ID, **kw)})"
    return f"(queuectl_events.tx, queuectl_events.id) <= {place}"


@compiles(IsForeign, "sqlite")
def _foreign_sqlite(_element: IsForeign, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "0 = 1"


@compiles(IsForeign, "postgresql")
def _foreign_postgres(_element: IsForeign, _compiler: SQLCompiler, **_kw: Any) -> str:
    # What is to be seen was written by a transaction that ended before this one looked.
    return f"queuectl_events.tx >= {number('pg_snapshot_xmax(pg_current_snapshot())')}"


@compiles(LastId, "sqlite")
def _last_sqlite(element: LastId, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{element.of}')"  # noqa: S608 (our names)


@compiles(LastId, "postgresql")
def _last_postgres(element: LastId, _compiler: SQLCompiler, **_kw: Any) -> str:
    last = "CASE WHEN is_called THEN last_value ELSE 0 END"
    return f"(SELECT {last} FROM {element.of}_id_seq)"  # noqa: S608 (our names)
