"""A statement by its name: on SQLAlchemy's connections itself, on a plain one as the text it makes.

What uses a store is written against these, so that SQLite is asked by the standard library alone
(docs/decisions/0034). The names and texts in `plain/` are written by scripts/plain_sql.py from the
statements beside this file.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from queuectl_store.bounds import clean, small, whole

# Stands in a text where conditions may follow; true by itself.
MORE = "1 = 1"
Values = Mapping[str, Any]
_NOTHING: Values = {}


class Connection(Protocol):
    """A transaction on a store: SQLAlchemy's, or a plain one."""

    def execute(self, statement: Any, parameters: Any = ..., /) -> Any:
        """Run a statement; returns its rows as SQLAlchemy's results do."""
        ...

    def begin_nested(self) -> AbstractContextManager[Any]:
        """Return a block of which an error undoes what was done in it."""
        ...


class Keeper(Protocol):
    """A plain connection, which takes rows for several of its statements."""

    def keep(self, name: str, columns: Sequence[str], rows: Sequence[Any], /) -> Values:
        """See `Kept.put`."""
        ...


class Query(Protocol):
    """What a plain connection runs."""

    @property
    def text(self) -> str:
        """Its text, with `:name` for each parameter."""
        ...

    def filled(self, values: Values) -> tuple[str, Values]:
        """Return the text and what stands for its parameters."""
        ...

    def fitted(self, values: Values) -> Values:
        """Return *values* as the database takes them."""
        ...


class Kept(NamedTuple):
    """Rows that several statements of a transaction read, by the names of their columns."""

    name: str
    columns: tuple[str, ...]

    def put(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> Values:
        """Put *rows* where those statements find them; return what each has to be given, too.

        Every row has all columns. They are there until others are put in their place.
        """
        # The transactions of the hot path are plain ones, whose type says only that they are any.
        return cast("Keeper", connection).keep(self.name, self.columns, rows)


class Statement:
    """A statement, or a condition in one, by its place: `module:NAME`, or `module:NAME.key`.

    Attributes:
        text: What SQLAlchemy makes of it for SQLite, with `:name` for each parameter.
        whole, small, words: The parameters of the types in kinds.py.
        fixed: The values of parameters that no caller gives.
        lists: The parameters that stand for lists of values.
    """

    __slots__ = ("_built", "_fits", "_takes_any", "fixed", "lists", "place", "text")

    def __init__(
        self,
        place: str,
        text: str,
        *,
        whole: Sequence[str] = (),
        small: Sequence[str] = (),
        words: Sequence[str] = (),
        lists: Sequence[str] = (),
        fixed: Values = _NOTHING,
    ) -> None:
        self.place, self.text = place, text
        self.lists, self.fixed = lists, fixed
        self._fits = _fits(whole, small, words)
        # What is given is what is sent.
        self._takes_any = not (self._fits or fixed or lists)
        self._built: Any = None

    def run(
        self,
        connection: Connection,
        values: Values | Sequence[Values] = _NOTHING,
        *,
        where: Sequence["Condition"] = (),
    ) -> Any:
        """Run it for what meets *where* too, which it must leave room for."""
        if where:
            return _run_where(self, connection, values, where)
        # SQLAlchemy's connections have no such attribute.
        if getattr(connection, "is_plain", False):
            return connection.execute(self, values)
        return connection.execute(self.built(), values)

    def filled(self, values: Values) -> tuple[str, Values]:
        """Return the text and what stands for its parameters."""
        if self._takes_any:
            return self.text, values
        if self.lists:
            return _unfolded(self.text, dict(self.fitted(values)), self.lists)
        return self.text, self.fitted(values)

    def fitted(self, values: Values) -> Values:
        """Return *values* as the database takes them, and those that nobody gives."""
        if not self._fits and not self.fixed:
            return values
        given = {**self.fixed, **values}
        for name, fit in self._fits:
            value = given[name]
            given[name] = list(map(fit, value)) if isinstance(value, list) else fit(value)
        return given

    def built(self) -> Any:
        """Return what SQLAlchemy knows it as."""
        if self._built is None:
            module, _, name = self.place.partition(":")
            name, _, key = name.partition(".")
            built = getattr(import_module(f"queuectl_store.sql.{module}"), name)
            self._built = built[key] if key else built
        return self._built


class Condition(NamedTuple):
    """A condition with the values of its parameters, and the literals that stand in its text."""

    statement: Statement
    values: Values = _NOTHING
    literals: Sequence[str] = ()

    def built(self) -> Any:
        """Return what SQLAlchemy knows it as."""
        built = self.statement.built()
        return built(*self.literals) if self.literals else built

    @property
    def text(self) -> str:
        """Its text, with the literals in their place."""
        if not self.literals:
            return self.statement.text
        head, _, rest = self.statement.text.partition("'")
        written = ", ".join(f"'{literal}'" for literal in self.literals)
        return head + written + rest[rest.rindex("'") + 1 :]


class Narrowed(NamedTuple):
    """A statement and the conditions that it is run with."""

    statement: Statement
    where: Sequence[Condition]

    @property
    def text(self) -> str:
        """Its text with that of the conditions."""
        text = self.statement.text
        told = " AND ".join(each.text for each in self.where)
        return text.replace(MORE, told, 1) if told else text

    def filled(self, values: Values) -> tuple[str, Values]:
        """Return the text and what stands for its parameters."""
        lists = [name for part in self._parts for name in part.lists]
        return _unfolded(self.text, dict(self.fitted(values)), lists)

    def fitted(self, values: Values) -> Values:
        """Return *values* as the database takes them."""
        for part in self._parts:
            values = part.fitted(values)
        return values

    @property
    def _parts(self) -> Sequence[Statement]:
        return (self.statement, *(each.statement for each in self.where))


def _run_where(
    statement: Statement,
    connection: Connection,
    values: Any,
    where: Sequence[Condition],
) -> Any:
    given = {**values, **{k: v for each in where for k, v in each.values.items()}}
    if getattr(connection, "is_plain", False):
        return connection.execute(Narrowed(statement, where), given)
    return connection.execute(statement.built().where(*(each.built() for each in where)), given)


def _fits(
    wholes: Sequence[str], smalls: Sequence[str], texts: Sequence[str]
) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    fits: list[tuple[str, Callable[[Any], Any]]] = [(name, whole) for name in wholes]
    fits += [(name, small) for name in smalls]
    fits += [(name, clean) for name in texts]
    return fits


def _unfolded(text: str, given: dict[str, Any], lists: Sequence[str]) -> tuple[str, Values]:
    """Give each value of a list a parameter of its own."""
    for name in lists:
        each = {f"{name}_{n}": value for n, value in enumerate(given.pop(name))}
        names = ", ".join(f":{name}" for name in each)
        text = text.replace(f"__[POSTCOMPILE_{name}]", names)
        given |= each
    return text, given
