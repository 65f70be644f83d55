"""A statement by its name: on SQLAlchemy's connections itself, on a plain one as the text it makes.

What reads a store is written against these, so that it needs no database library where SQLite is
asked by the standard library alone (docs/decisions/0024). The names and texts in `plain/` are
written by scripts/plain_sql.py from the statements beside this file.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, Protocol

# Stands in a text where conditions may follow; true by itself.
MORE = "1 = 1"
_NOTHING: Mapping[str, object] = {}


class Connection(Protocol):
    """A transaction on a store: SQLAlchemy's, or a plain one."""

    def execute(self, statement: Any, parameters: Any = ..., /) -> Any:
        """Run a statement; returns its rows as SQLAlchemy's results do."""
        ...


class Statement:
    """A statement, or a condition in one, named as `module:NAME` in this folder.

    Attributes:
        text: What SQLAlchemy makes of it for SQLite, with `:name` for each parameter.
        whole, small, words: The parameters of the types in kinds.py.
        fixed: The values of parameters that no caller gives.
        lists: The parameters that stand for lists of values.
    """

    __slots__ = ("_built", "fixed", "lists", "place", "small", "text", "whole", "words")

    def __init__(
        self,
        place: str,
        text: str,
        *,
        whole: Sequence[str] = (),
        small: Sequence[str] = (),
        words: Sequence[str] = (),
        lists: Sequence[str] = (),
        fixed: Mapping[str, object] = _NOTHING,
    ) -> None:
        self.place, self.text = place, text
        self.whole, self.small, self.words = whole, small, words
        self.lists, self.fixed = lists, fixed
        self._built: Any = None

    def run(
        self,
        connection: Connection,
        values: Mapping[str, object] = _NOTHING,
        *,
        where: Sequence["Condition"] = (),
    ) -> Any:
        """Run it for what meets *where* too, which it must leave room for."""
        given = {**values, **{k: v for each in where for k, v in each.values.items()}}
        if getattr(connection, "is_plain", False):
            return connection.execute(Query(self, where), given)
        built = self.built()
        if where:
            built = built.where(*(each.built() for each in where))
        return connection.execute(built, given)

    def built(self) -> Any:
        """Return what SQLAlchemy knows it as."""
        if self._built is None:
            module, _, name = self.place.partition(":")
            self._built = getattr(import_module(f"queuectl_store.sql.{module}"), name)
        return self._built


class Condition(NamedTuple):
    """A condition with the values of its parameters, and the literals that stand in its text."""

    statement: Statement
    values: Mapping[str, object] = _NOTHING
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


class Query(NamedTuple):
    """A statement and the conditions that it is run with."""

    statement: Statement
    where: Sequence[Condition]

    @property
    def parts(self) -> Iterable[Statement]:
        """Everything with parameters."""
        return (self.statement, *(each.statement for each in self.where))

    @property
    def text(self) -> str:
        """The whole text."""
        if not self.where:
            return self.statement.text
        return self.statement.text.replace(MORE, " AND ".join(each.text for each in self.where), 1)
