"""The texts of statements for PostgreSQL, made from SQLAlchemy's once and then kept."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from queuectl_store.sql.parameters import parameters
from queuectl_store.sql.statement import Narrowed, Statement, Values

_DIALECT: sa.Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_encode = json.JSONEncoder(separators=(",", ":")).encode
_NAME = re.compile(r"%\((\w+)\)s|%%")
_LIST = re.compile(r"__\[POSTCOMPILE_(\w+)(?:~~[^\]]*?~~REPL~~([^\]]*?)~~)?\]")


class Sent(NamedTuple):
    """What goes to the server: a text with `$1` and so on, and the names that they stand for."""

    text: str
    names: tuple[str, ...]

    def filled(self, values: Values) -> list[Any]:
        """Return the values in their order."""
        return [values[name] for name in self.names]


class PostgresText:
    """One statement as PostgreSQL is given it.

    Attributes:
        is_fixed: It has one text, which may be prepared.
    """

    def __init__(self, statement: Any, columns: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=_DIALECT, column_keys=columns)
        wants = parameters(compiled)
        self._text = str(compiled)
        self._lists: tuple[str, ...] = wants["lists"]
        self._fitting = Statement("", "", **wants)
        self._sent = None if self._lists else numbered(self._text)
        self.is_fixed = self._sent is not None

    def given(self, values: Values) -> tuple[str, list[Any]]:
        """Return the text and the values for its parameters."""
        fitted = self._fitting.fitted(values)
        if self._sent is not None:
            return self._sent.text, self._sent.filled(fitted)
        known = dict(fitted)
        counts = tuple(len(known[name]) for name in self._lists)
        for name in self._lists:
            known |= {f"{name}_{n}": value for n, value in enumerate(known.pop(name))}
        sent = _unfolded(self._text, self._lists, counts)
        return sent.text, sent.filled(known)


def encoded(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[str, str]:
    """Return *rows* as a batch: JSON objects, in which a column that is not there is null.

    Returns:
        What differs from row to row, as an array; and what they share, as an object.
    """
    if not rows:
        return "[]", "{}"
    shared, names, own = {}, [], []
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        if values.count(values[0]) < len(values):
            names.append(name)
            own.append(values)
        elif values[0] is not None:
            shared[name] = values[0]
    each = zip(*own, strict=True) if own else [()] * len(rows)
    return _encode([dict(zip(names, row, strict=True)) for row in each]), _encode(shared)


def text_of(query: Statement | Narrowed, values: Mapping[str, Any]) -> PostgresText:
    """Return *query* as PostgreSQL is given it; an insert takes its columns from *values*."""
    statement, where = (query, ()) if isinstance(query, Statement) else query
    conditions = tuple((each.statement, tuple(each.literals)) for each in where)
    kept = _kept.get((statement, conditions))
    if kept is not None:
        return kept
    built = statement.built()
    if where:
        built = built.where(*(each.built() for each in where))
    columns = tuple(values) if isinstance(built, sa.Insert) and built.select is None else None
    made = PostgresText(built, columns)
    # Whoever calls an insert always gives it the same columns.
    _kept[statement, conditions] = made
    return made


def numbered(text: str) -> Sent:
    """Return *text*, whose parameters are written `%(name)s`, as the server reads it."""
    places: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match[1]
        return "%" if name is None else f"${places.setdefault(name, len(places) + 1)}"

    return Sent(_NAME.sub(number, text), tuple(places))


@lru_cache(maxsize=64)
def _unfolded(text: str, lists: tuple[str, ...], counts: tuple[int, ...]) -> Sent:
    known = dict(zip(lists, counts, strict=True))

    def unfold(match: re.Match[str]) -> str:
        name, cast = match[1], match[2] or ""
        each = [f"%({name}_{n})s{cast}" for n in range(known[name])]
        return ", ".join(each) or f"NULL{cast}"

    return numbered(_LIST.sub(unfold, text))


_kept: dict[tuple[Statement, tuple[tuple[Statement, tuple[str, ...]], ...]], PostgresText] = {}
