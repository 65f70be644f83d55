"""What the databases spell differently: a batch of rows in one JSON parameter, the time, a tag."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import SyntaxExtension
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, ColumnElement, TableClause
from sqlalchemy.sql.visitors import InternalTraversal

from queuectl_store.sql.names import kept_in, shared_by


class Batch(TableClause):
    """The rows of one JSON array of objects, bound as `:name`, as a table with typed columns.

    One parameter for a whole batch: on PostgreSQL arrays cost the driver more than the server's
    work, and on SQLite one statement saves two thirds of the time of many (docs/decisions/0002).
    """

    inherit_cache = True

    def __init__(self, name: str, /, **columns: sa.types.TypeEngine[Any]) -> None:
        super().__init__(name, *(sa.column(key, kind) for key, kind in columns.items()))
        self.rows = sa.bindparam(name, type_=sa.Text)

    def only(self, *names: str) -> "Batch":
        """Return the same rows with fewer columns: each that is there is read, used or not."""
        return Batch(self.name, **{name: self.c[name].type for name in names})


class KeptBatch(Batch):
    """A batch that several statements of one transaction read (see `Kept` in statement.py).

    On SQLite each of them would parse it anew, which is half of what they cost. PostgreSQL parses
    it anew, but for the values that all rows have in common, which come once.
    """

    inherit_cache = True

    def only(self, *names: str) -> "KeptBatch":
        """Return the same rows with fewer columns."""
        return KeptBatch(self.name, **{name: self.c[name].type for name in names})


class NowMs(ColumnElement[int]):
    """Wall time in UTC milliseconds: the parameter `:now`, or if null the database's clock."""

    # Nothing in it varies; without this no statement that holds it is cached.
    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.BigInteger()


class NowOnceMs(NowMs):
    """The same, read once for a whole statement; for values that are written or given back.

    In a condition it would hide from PostgreSQL how few rows that leaves.
    """

    inherit_cache = True


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


class OnConflictDoNothing(SyntaxExtension, ClauseElement):
    """Leaves out the rows of an insert that a unique index refuses, whichever index it is.

    On PostgreSQL it waits for a transaction that inserted such a row and has not ended yet.
    """

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True

    def apply_to_insert(self, insert_stmt: sa.Insert) -> None:
        """Stand after the values."""
        insert_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_values")


class GivesId(SyntaxExtension, ClauseElement):
    """Lets the insert of one row tell its id, by `inserted` of the result.

    SQLite knows it anyway; to return it as a row it would make three temporary tables.
    """

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True

    def apply_to_insert(self, insert_stmt: sa.Insert) -> None:
        """Stand at the end."""
        insert_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_values")


class Octets(ColumnElement[int]):
    """How many bytes a text has in UTF-8; null for null."""

    inherit_cache = True
    _traverse_internals = [("text", InternalTraversal.dp_clauseelement)]  # noqa: RUF012
    type = sa.BigInteger()

    def __init__(self, text: ColumnElement[str]) -> None:
        self.text = text


class TagValue(ColumnElement[str]):
    """The value of one tag in a job's spec; null where the job has no such tag."""

    _traverse_internals = [  # noqa: RUF012 (the base declares it)
        ("spec", InternalTraversal.dp_clauseelement),
        ("tag", InternalTraversal.dp_clauseelement),
    ]
    inherit_cache = True
    type = sa.Text()

    def __init__(self, spec: ColumnElement[str], tag: ColumnElement[str]) -> None:
        self.spec, self.tag = spec, tag


_NOW = sa.bindparam("now", type_=sa.BigInteger)
_LEASE_NOW = sa.bindparam("lease_now", type_=sa.BigInteger)
_DATABASE_MS = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(Batch, "sqlite")
def _batch_sqlite(element: Batch, compiler: SQLCompiler, **kw: Any) -> str:
    if not kw.get("asfrom"):
        return element.name
    rows = compiler.process(element.rows)
    fields = ", ".join(f"item ->> '{c.name}' AS {c.name}" for c in element.columns)
    # json_each keeps the array's order. It writes `value` out as text anew each time that a
    # column is read from it: materialised, a row is written once and parsed once. And a field is
    # looked for anew wherever the statement names its column, unless those are materialised too.
    items = f"items(item) AS MATERIALIZED (SELECT value FROM json_each({rows}))"  # noqa: S608
    columns = f"parsed AS MATERIALIZED (SELECT {fields} FROM items)"  # noqa: S608 (our names)
    return f"(WITH {items}, {columns} SELECT * FROM parsed) AS {element.name}"  # noqa: S608


@compiles(Batch, "postgresql")
def _batch_postgres(element: Batch, compiler: SQLCompiler, **kw: Any) -> str:
    if not kw.get("asfrom"):
        return element.name
    rows = compiler.process(sa.cast(element.rows, sa.JSON))
    fields = ", ".join(
        f"{c.name} {c.type.compile(dialect=compiler.dialect)}" for c in element.columns
    )
    return f"json_to_recordset({rows}) AS {element.name}({fields})"


@compiles(KeptBatch, "postgresql")
def _kept_postgres(element: KeptBatch, compiler: SQLCompiler, **kw: Any) -> str:
    if not kw.get("asfrom"):
        return element.name
    shared = sa.bindparam(shared_by(element.name), type_=sa.Text)
    own, every = (compiler.process(sa.cast(each, sa.JSON)) for each in (element.rows, shared))
    kinds = ((c.name, c.type.compile(dialect=compiler.dialect)) for c in element.columns)
    fields = ", ".join(f"{name} {kind}" for name, kind in kinds)
    columns = ", ".join(
        f"coalesce(own.{c.name}, every.{c.name}) AS {c.name}" for c in element.columns
    )
    return (
        f"(SELECT {columns} FROM json_to_recordset({own}) AS own({fields})"  # noqa: S608 (our names)
        f" CROSS JOIN json_to_record({every}) AS every({fields})) AS {element.name}"
    )


@compiles(KeptBatch, "sqlite")
def _kept_sqlite(element: KeptBatch, _compiler: SQLCompiler, **kw: Any) -> str:
    return f"{kept_in(element.name)} AS {element.name}" if kw.get("asfrom") else element.name


@compiles(NowMs, "sqlite")
def _now_sqlite(_element: NowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(_NOW, **kw)


@compiles(NowMs, "postgresql")
def _now_postgres(_element: NowMs, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce({compiler.process(_NOW, **kw)}, {_DATABASE_MS})"


@compiles(NowOnceMs, "postgresql")
def _now_once_postgres(element: NowOnceMs, compiler: SQLCompiler, **kw: Any) -> str:
    return _once(_now_postgres(element, compiler, **kw))


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
    newest = f"{number('pg_snapshot_xmax(pg_current_snapshot())')} - 1"
    return _once(f"greatest({number('pg_current_xact_id()')}, {newest})")


def _once(expression: str) -> str:
    """Have it worked out once for the statement, and not for each row."""
    return f"(SELECT {expression})"


def number(xid: str) -> str:
    """Write PostgreSQL's expression *xid*, a transaction, as a number."""
    return f"CAST(CAST({xid} AS TEXT) AS BIGINT)"


@compiles(Octets, "sqlite")
def _octets_sqlite(element: Octets, compiler: SQLCompiler, **kw: Any) -> str:
    # Its octet_length is younger than the oldest SQLite that is taken.
    return f"length(CAST({compiler.process(element.text, **kw)} AS BLOB))"


@compiles(Octets, "postgresql")
def _octets_postgres(element: Octets, compiler: SQLCompiler, **kw: Any) -> str:
    return f"octet_length({compiler.process(element.text, **kw)})"


@compiles(OnConflictDoNothing)
def _do_nothing(_element: OnConflictDoNothing, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "ON CONFLICT DO NOTHING"


@compiles(GivesId, "sqlite")
def _gives_id_sqlite(_element: GivesId, _compiler: SQLCompiler, **_kw: Any) -> str:
    return ""


@compiles(GivesId, "postgresql")
def _gives_id_postgres(_element: GivesId, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "RETURNING id"


@compiles(TagValue, "sqlite")
def _tag_sqlite(element: TagValue, compiler: SQLCompiler, **kw: Any) -> str:
    spec, tag = compiler.process(element.spec, **kw), compiler.process(element.tag, **kw)
    return f"({spec} -> 'tags' ->> {tag})"


@compiles(TagValue, "postgresql")
def _tag_postgres(element: TagValue, compiler: SQLCompiler, **kw: Any) -> str:
    spec, tag = compiler.process(element.spec, **kw), compiler.process(element.tag, **kw)
    return f"(CAST({spec} AS JSON) -> 'tags' ->> {tag})"
