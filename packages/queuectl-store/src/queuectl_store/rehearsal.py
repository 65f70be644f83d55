"""What an action would do: it is done for real in its transaction, and the transaction undone."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from queuectl_store.admin import Admin
from queuectl_store.database import Database
from queuectl_store.dead import DeadLetters
from queuectl_store.job import JobId
from queuectl_store.sql import hot

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

    def write(self, work: Callable[[sa.Connection], T], *, repeatable: bool = False) -> T:
        noted: list[Change] = []

        def rehearsed(connection: sa.Connection) -> T:
            noted.clear()
            with _watched(connection, noted):
                result = work(connection)
            connection.rollback()
            connection.begin()
            return result

        result = super().write(rehearsed, repeatable=repeatable)
        self._changes += noted
        return result


@contextmanager
def _watched(connection: sa.Connection, changes: list[Change]) -> Iterator[None]:
    """Note the events that are written on *connection*."""

    def note(
        _connection: object, statement: object, values: Any, more: Any, _options: object
    ) -> None:
        if statement is hot.WRITE_EVENTS:
            rows = json.loads((values[0] if values else more)["moves"])
            changes.extend(map(_change, rows))

    sa.event.listen(connection, "before_execute", note)
    try:
        yield
    finally:
        sa.event.remove(connection, "before_execute", note)


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        job_id=JobId(row["job_id"]), verb=row["verb"], state=row["state"], note=row.get("note")
    )
