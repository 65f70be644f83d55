"""The care of a whole store: check, back up, copy, prune and measure it.

What of it needs SQLAlchemy is imported when it is asked for: workers prune without it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from queuectl_store.database import Database
from queuectl_store.engines.symptoms import Level, Symptom
from queuectl_store.shared import Settings
from queuectl_store.sql.plain import admin as sql
from queuectl_store.upkeep import retention
from queuectl_store.upkeep.retention import Freed
from queuectl_store.upkeep.rules import Rules, queue_settings, read_rules

if TYPE_CHECKING:
    from queuectl_store.upkeep.checking import Finding
    from queuectl_store.upkeep.copying import OnProgress
    from queuectl_store.upkeep.measuring import Stats


class Maintenance:
    """See the module."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self) -> "list[Finding]":
        """Return what is wrong with the store; nothing, if all is well."""
        from queuectl_store.upkeep.checking import check

        return check(self._database)

    def symptoms(self) -> list[Symptom]:
        """Return what the database and the machine under it show, well or not.

        Raises:
            StoreError: It cannot be written, or does not answer.
        """
        database = self._database
        # A statement that changes rows, though there are none: the beginning of a transaction alone
        # goes well on a file that may only be read.
        database.write(lambda connection: sql.UNSET_SETTING.run(connection, {"of": ""}))
        text = f"{database.engine.url} can be written"
        with database.read() as connection:
            return [
                Symptom(name="writable", level=Level.OK, text=text),
                *database.engine.care.symptoms(connection),
            ]

    def backup(
        self, target: Path, *, replace: bool = False, on_progress: "OnProgress" = lambda *_: None
    ) -> int:
        """Write a backup of the live store, one SQLite file; return its bytes (backup.py)."""
        from queuectl_store.upkeep.backup import backup

        return backup(self._database, target, replace=replace, on_progress=on_progress)

    def copy_to(
        self,
        target: Self,
        *,
        is_live: bool = False,
        on_progress: "OnProgress" = lambda *_: None,
    ) -> dict[str, int]:
        """Copy everything into the empty store of *target* (copying.py)."""
        from queuectl_store.upkeep.copying import copy

        return copy(
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

    def size_bytes(self) -> int:
        """Return what the store takes on disk: the file and its log, or a server's tables."""
        database = self._database
        with database.read() as connection:
            sizes = database.engine.care.sizes(connection)
        return sum(size for name, size in sizes.items() if name.endswith("_bytes"))

    def stats(self) -> "Stats":
        """Count and measure; reads every table."""
        from queuectl_store.upkeep.measuring import measure

        return measure(self._database)
