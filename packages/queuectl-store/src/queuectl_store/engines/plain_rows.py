"""What a statement gave on a plain connection, read as SQLAlchemy's results are."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any


class PlainRow(tuple[Any, ...]):
    """A row whose columns are attributes too."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    @property
    def _mapping(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __getattr__(self, name: str) -> Any:
        # The class of each shape has its columns; this tells mypy that there may be any.
        raise AttributeError(name)


class PlainRows:
    """The rows of one statement, all read."""

    __slots__ = ("_last_id", "_names", "_rows", "rowcount")

    def __init__(
        self,
        names: tuple[str, ...],
        rows: list[tuple[Any, ...]],
        rowcount: int,
        last_id: int | None = None,
    ) -> None:
        self._names, self._rows, self._last_id = names, rows, last_id
        # How many it changed, where it gives no rows.
        self.rowcount = rowcount

    @classmethod
    def of(cls, cursor: sqlite3.Cursor) -> "PlainRows":
        """Read all rows of *cursor*."""
        described: Sequence[Any] | None = cursor.description
        if described is None:
            return cls((), [], cursor.rowcount, cursor.lastrowid)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return cls(tuple([column[0] for column in described]), rows, cursor.rowcount)

    def __iter__(self) -> Iterator[PlainRow]:
        return iter(self.all())

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self._names

    def all(self) -> list[PlainRow]:
        """Return every row."""
        return list(map(_shape(self._names), self._rows))

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return every row as a tuple, whose columns may have no names."""
        return self._rows

    def first(self) -> PlainRow | None:
        """Return the first row, if there is one."""
        return _shape(self._names)(self._rows[0]) if self._rows else None

    def one(self) -> PlainRow:
        """Return the only row."""
        [row] = self._rows
        return _shape(self._names)(row)

    def inserted(self) -> int | None:
        """Return the id of the row that an insert of one made (`GivesId`); None if it made none."""
        return self._last_id if self.rowcount == 1 else None

    def scalars(self) -> "Scalars":
        """Return the first column of each row in place of the row."""
        return Scalars([row[0] for row in self._rows])

    def scalar(self) -> Any:
        """Return the first column of the first row, if there is one."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """Return the first column of the only row."""
        [row] = self._rows
        return row[0]


class Scalars:
    """One column of the rows of a statement."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def all(self) -> list[Any]:
        """Return every value."""
        return self._values

    def first(self) -> Any:
        """Return the first value, if there is one."""
        return self._values[0] if self._values else None


@lru_cache(maxsize=512)
def _shape(columns: tuple[str, ...]) -> Callable[[tuple[Any, ...]], PlainRow]:
    """Return what makes rows of *columns*.

    A namedtuple does the same, but takes a third of a millisecond to be made.
    """
    places = {name: property(itemgetter(place)) for place, name in enumerate(columns)}
    return type("Row", (PlainRow,), {"__slots__": (), "_fields": columns, **places})
