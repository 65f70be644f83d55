"""What the databases spell differently: a batch of rows in one JSON parameter, the time, a tag."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement, TableClause


class Batch(TableClause):
    """The rows of one JSON array of objects, bound as `:name`, as a table with typed columns.

    One parameter for a whole batch: on PostgreSQL arrays cost the driver more than the server's
    work, and on SQLite one statement saves two thirds of the time of many (docs/decisions/0002).
    """

    inherit_cache = True

    def __init__(self, name: str, /, **columns: sa.types.TypeEngine[Any]) -> None:
        super().__init__(name, *(sa.column(key, kind) for key, kind in columns.items()))
        self.rows = sa.bindparam(name, type_=sa.Text)


class NowMs(ColumnElement[int]):
    """Wall time in UTC milliseconds: the parameter `:now`, or if null the database's clock."""

    # Nothing in it varies; without this no statement that holds it is cached.
    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class LeaseNowMs(ColumnElement[int]):
    """The lease clock's milliseconds: the parameter `:lease_now`, or the database's clock."""

    # Nothing in it varies; without this no statement that holds it is cached.
    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class Transaction(ColumnElement[int]):
    """Where the feed puts what this statement writes (see feed.py); 0 on SQLite.

    The number of the current transaction or, if that is greater, of the newest one that had
    ended when the statement began: a transaction that moves a job after another one did gets
    no lower number, though it may have begun earlier.
    """

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


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


class TagValue(ColumnElement[str]):
    """The value of one tag in a job's spec; null where the job has no such tag."""

    inherit_cache = False
    type = sa.Text()

    def __init__(self, spec: ColumnElement[str], tag: str) -> None:
        self.spec, self.tag = spec, sa.bindparam("tag", tag, type_=sa.Text, unique=True)


_NOW = sa.bindparam("now", type_=sa.BigInteger)
_LEASE_NOW = sa.bindparam("lease_now", type_=sa.BigInteger)
_AFTER_TX = sa.bindparam("after_tx", type_=sa.BigInteger)
_AFTER_ID = sa.bindparam("after_id", type_=sa.BigInteger)
_DATABASE_MS = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(Batch, "sqlite")
def _batch_sqlite(element: Batch, compiler: SQLCompiler, **kw: Any) -> str:
    if not kw.get("asfrom"):
        return element.name
    rows = compiler.process(element.rows)
    fields = ", ".join(f"value ->> '{c.name}' AS {c.name}" for c in element.columns)
    # json_each keeps the array's order; the key column is its index.
    return f"(SELECT {fields} FROM json_each({rows})) AS {element.name}"  # noqa: S608 (our names)


@compiles(Batch, "postgresql")
def _batch_postgres(element: Batch, compiler: SQLCompiler, **kw: Any) -> str:
    if not kw.get("asfrom"):
        return element.name
    rows = compiler.process(sa.cast(element.rows, sa.JSON))
    fields = ", ".join(
        f"{c.name} {c.type.compile(dialect=compiler.dialect)}" for c in element.columns
    )
    return f"json_to_recordset({rows}) AS {element.name}({fields})"


@compiles(NowMs, "sqlite")
def _now_sqlite(_element: NowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(_NOW, **kw)


@compiles(NowMs, "postgresql")
def _now_postgres(_element: NowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce({compiler.process(_NOW, **kw)}, {_DATABASE_MS})"


@compiles(LeaseNowMs, "sqlite")
def _lease_now_sqlite(_element: LeaseNowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(_LEASE_NOW, **kw)


@compiles(LeaseNowMs, "postgresql")
def _lease_now_postgres(_element: LeaseNowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce({compiler.process(_LEASE_NOW, **kw)}, {_DATABASE_MS})"


@compiles(Transaction, "sqlite")
def _transaction_sqlite(_element: Transaction, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "0"


@compiles(Transaction, "postgresql")
def _transaction_postgres(_element: Transaction, _compiler: SQLCompiler, **_kw: Any) -> str:
    newest = f"{_number('pg_snapshot_xmax(pg_current_snapshot())')} - 1"
    return f"greatest({_number('pg_current_xact_id()')}, {newest})"


@compiles(Horizon, "sqlite")
def _horizon_sqlite(_element: Horizon, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "1"


@compiles(Horizon, "postgresql")
def _horizon_postgres(_element: Horizon, _compiler: SQLCompiler, **_kw: Any) -> str:
    return _number("pg_snapshot_xmin(pg_current_snapshot())")


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
    horizon = _number("pg_snapshot_xmin(pg_current_snapshot())")
    return f"(queuectl_events.tx, queuectl_events.id) > {place} AND queuectl_events.tx < {horizon}"


def _number(xid: str) -> str:
    return f"CAST(CAST({xid} AS TEXT) AS BIGINT)"


@compiles(TagValue, "sqlite")
def _tag_sqlite(element: TagValue, compiler: SQLCompiler, **kw: Any) -> str:
    spec, tag = compiler.process(element.spec, **kw), compiler.process(element.tag, **kw)
    return f"({spec} -> 'tags' ->> {tag})"


@compiles(TagValue, "postgresql")
def _tag_postgres(element: TagValue, compiler: SQLCompiler, **kw: Any) -> str:
    spec, tag = compiler.process(element.spec, **kw), compiler.process(element.tag, **kw)
    return f"(CAST({spec} AS JSON) -> 'tags' ->> {tag})"
