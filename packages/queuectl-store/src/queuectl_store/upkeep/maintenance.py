"""The care of a whole store: check, back up, copy, prune and measure it."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.engines.symptoms import Level, Symptom
from queuectl_store.shared import Settings
from queuectl_store.sql import read
from queuectl_store.sql import stats as sql
from queuectl_store.upkeep import backup, checking, copying, retention
from queuectl_store.upkeep.checking import Finding
from queuectl_store.upkeep.copying import TABLES, OnProgress
from queuectl_store.upkeep.retention import Freed
from queuectl_store.upkeep.rules import Rules, queue_settings, read_rules

_DAY_MS = 86_400_000
_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a store holds.

    Attributes:
        rows: By table.
        sizes: Bytes, pages and dead rows, as the database counts them.
        oldest_pending_at: UTC milliseconds at which the longest waiting job was enqueued.
        events_a_day: By the UTC milliseconds at which a day began; the last week.
    """

    at: int
    rows: Mapping[str, int]
    sizes: Mapping[str, int]
    oldest_pending_at: int | None
    events_a_day: Mapping[int, int]


class Maintenance:
    """See the module."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self) -> list[Finding]:
        """Return what is wrong with the store; nothing, if all is well."""
        return checking.check(self._database)

    def symptoms(self) -> list[Symptom]:
        """Return what the database and the machine under it show, well or not.

        Raises:
            StoreError: It cannot be written, or does not answer.
        """
        database = self._database
        database.write(lambda _: None)
        text = f"{database.engine.url} can be written"
        with database.read() as connection:
            return [
                Symptom(name="writable", level=Level.OK, text=text),
                *database.engine.care.symptoms(connection),
            ]

    def backup(
        self, target: Path, *, replace: bool = False, on_progress: OnProgress = lambda *_: None
    ) -> int:
        """Write a backup of the live store, one SQLite file; return its bytes (backup.py)."""
        return backup.backup(self._database, target, replace=replace, on_progress=on_progress)

    def copy_to(
        self,
        target: Self,
        *,
        is_live: bool = False,
        on_progress: OnProgress = lambda *_: None,
    ) -> dict[str, int]:
        """Copy everything into the empty store of *target* (copying.py)."""
        return copying.copy(
            self._database,
            target._database,  # of the same class
            is_live=is_live,
            on_progress=on_progress,
        )

    def retention(self, overrides: Mapping[str, str] = MappingProxyType({})) -> Rules:
        """Return the rules that the settings make, the store's and each queue's own.

        Raises:
            InvalidSetting: One of them, or of *overrides*, is not of its kind.
        """
        texts = {**Settings(self._database).all(), **overrides}
        return read_rules(texts, queue_settings(self._database))

    def prune(self, rules: Rules) -> Iterator[Freed]:
        """Delete what *rules* no longer keep and nothing needs, a small transaction a step.

        Whoever drives it pauses between the steps, so that claims are not held up.
        """
        return retention.prune(self._database, rules)

    def prunable(self, rules: Rules) -> Freed:
        """Count what `prune` would delete now; deletes nothing."""
        return retention.prunable(self._database, rules)

    def stats(self) -> Stats:
        """Count and measure; reads every table."""
        engine = self._database.engine
        try:
            with closing(engine.care.begin_read()) as connection:
                now = connection.execute(read.NOW, dict(engine.times())).scalar_one()
                since = {"since": (now // _DAY_MS - _DAYS + 1) * _DAY_MS}
                return Stats(
                    at=now,
                    rows={
                        table.name.removeprefix("queuectl_"): _rows(connection, table)
                        for table in TABLES
                    },
                    sizes=engine.care.sizes(connection),
                    oldest_pending_at=connection.execute(sql.OLDEST_PENDING).scalar_one(),
                    events_a_day={
                        row.day: row.n for row in connection.execute(sql.EVENTS_A_DAY, since)
                    },
                )
        except sa.exc.DBAPIError as error:
            raise engine.translate(error, committing=False) from error


def _rows(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
