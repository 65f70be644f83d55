"""A glance at a SQLite store for shell completion, by the standard library alone.

It gives what it finds in a tenth of a second, and nothing where it finds no store.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping

from queuectl_store.engines.openable import can_open
from queuectl_store.sql import quick_text as sql

_WITHIN_S = 0.1
_MOST = 200
_LONGEST = 60
# SQLAlchemy writes LIMIT with an OFFSET beside it.
_FIRST = {"at_most": _MOST, "param_1": 0}
_STEPS = 1_000  # of SQLite's machine, between two looks at the clock

# What is completed, with a word that says what it is.
Hint = tuple[str, str]


class Glance:
    """See the module. Each method returns pairs of a value and what it means, the best first."""

    def __init__(self, file: str) -> None:
        self._file = file

    def jobs(self) -> list[Hint]:
        """Return ids."""
        return [(str(row["id"]), f"{row['state']} {_title(row)}") for row in self._recent()]

    def names(self) -> list[Hint]:
        """Return names of jobs."""
        return _each_once((row["name"], "") for row in self._recent() if row["name"])

    def queues(self) -> list[Hint]:
        """Return queues that have something set, or had a job lately."""
        named = [(row["name"], "") for row in self._rows(sql.COMPLETE_QUEUES)]
        return _each_once([*named, *((row["queue"], "") for row in self._recent())])

    def groups(self) -> list[Hint]:
        """Return groups."""
        return [(row["name"], "") for row in self._rows(sql.COMPLETE_GROUPS, **_FIRST)]

    def resources(self) -> list[Hint]:
        """Return resources."""
        return [(row["name"], "") for row in self._rows(sql.COMPLETE_RESOURCES)]

    def schedules(self) -> list[Hint]:
        """Return schedules."""
        return [(row["name"], "") for row in self._rows(sql.COMPLETE_SCHEDULES)]

    def workers(self) -> list[Hint]:
        """Return ids of workers."""
        found = self._rows(sql.COMPLETE_WORKERS, **_FIRST)
        return [(str(row["id"]), str(row["host"])) for row in found]

    def _recent(self) -> list[Mapping[str, str]]:
        return self._rows(sql.COMPLETE_RECENT, **_FIRST)

    def _rows(self, text: str, **values: int) -> list[Mapping[str, str]]:
        if not can_open(self._file):
            return []
        deadline = time.monotonic() + _WITHIN_S
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(self._opened()) as connection,
        ):
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(text, values)]
        return []

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=_WITHIN_S, isolation_level=None)
        connection.execute("PRAGMA query_only=on")
        return connection


def _title(row: Mapping[str, str]) -> str:
    fields = json.loads(row["spec"])
    title = row["task"] or fields.get("shell") or " ".join(fields.get("argv", ()))
    return "".join(letter if letter.isprintable() else " " for letter in title)[:_LONGEST]


def _each_once(hints: Iterable[Hint]) -> list[Hint]:
    return list(dict.fromkeys(hints))
