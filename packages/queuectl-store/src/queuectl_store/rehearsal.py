"""What an action would do: it is done for real in its transaction, and the transaction undone."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from queuectl_store.admin import Admin
from queuectl_store.database import Database
from queuectl_store.dead import DeadLetters
from queuectl_store.engines.transaction import Transaction
from queuectl_store.job import JobId
from queuectl_store.sql.plain.hot import WRITE_EVENTS
from queuectl_store.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One move that the event log would tell: *verb* brings the job into *state*."""

    job_id: JobId
    verb: str
    state: str
    note: str | None


class Rehearsal:
    """The verbs of a store whose every transaction is undone at its end.

    Attributes:
        changes: The moves of all that was rehearsed so far, consequences for other jobs too. A
            job that is deleted, and a running one that is asked to stop, does not move yet.
    """

    def __init__(self, database: Database) -> None:
        self.changes: list[Change] = []
        undoing = _Undoing(database, self.changes)
        self.admin = Admin(undoing)
        self.dead = DeadLetters(undoing, self.admin)


class _Undoing(Database):
    def __init__(self, database: Database, changes: list[Change]) -> None:
        super().__init__(database.engine)
        self._changes = changes

    def write(
        self,
        work: Callable[[Transaction], T],
        *,
        repeatable: bool = False,
        rings: int | Callable[[T], int] = 0,  # noqa: ARG002  # nothing happened to tell of
    ) -> T:
        noted: list[Change] = []

        def rehearsed(connection: Transaction) -> T:
            noted.clear()
            result = work(cast(Transaction, _Watched(connection, noted)))
            connection.rollback()
            connection.begin()
            return result

        result = super().write(rehearsed, repeatable=repeatable)
        self._changes += noted
        return result


class _Watched:
    """A transaction that notes the events that are written in it."""

    def __init__(self, connection: Transaction, changes: list[Change]) -> None:
        self._connection, self._changes = connection, changes
        self.is_plain = getattr(connection, "is_plain", False)

    def execute(self, statement: Any, values: Any = (), /) -> Any:
        """Run a statement."""
        if statement is (WRITE_EVENTS if self.is_plain else WRITE_EVENTS.built()):
            self._changes.extend(map(_change, json.loads(values["moves"])))
        return self._connection.execute(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        job_id=JobId(row["job_id"]), verb=row["verb"], state=row["state"], note=row.get("note")
    )
