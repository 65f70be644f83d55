"""The one seam: what an engine has to offer."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from queuectl_store.bell import EVERYTHING
from queuectl_store.engines.transaction import Transaction, WriteTransactions
from queuectl_store.notifier import Listener

if TYPE_CHECKING:
    from queuectl_store.engines.care import Care


class Engine(WriteTransactions, Protocol):
    """One database. Everything that is the same for both lives above it."""

    url: str
    path: Path | None
    # Whether nobody else writes while a transaction that may write is open.
    writes_alone: bool
    # Whether one statement may hold several writes, as those in sql/joined.py do.
    joins_writes: bool
    # What a statement raises that a unique index refuses.
    conflict: type[Exception]

    @property
    def alchemy(self) -> WriteTransactions:
        """Transactions on connections of SQLAlchemy, for what needs more than the statements."""
        ...

    @property
    def care(self) -> "Care":
        """What the care of the whole store needs."""
        ...

    def schema_version(self) -> str | None:
        """Return the number of the newest migration in the store; None for an empty one."""
        ...

    def times(self) -> Mapping[str, object]:
        """Return `now`, `lease_now` and `boot`, by which statements read the clocks."""
        ...

    def lock_for_migration(self, connection: Transaction) -> None:
        """Let one process at a time change the schema, until the transaction ends."""
        ...

    def version(self) -> int:
        """Return a number that changes whenever anybody commits a change of a job."""
        ...

    def commit(self, connection: Transaction, about: int) -> int:
        """Commit and, where it costs less together, do what `notify` does.

        Args:
            about: As for `notify`; 0 is nothing.

        Returns:
            What is left to be notified once the connection has been closed.
        """
        ...

    def notify(self, about: int = EVERYTHING) -> None:
        """Wake every listener of every process; after the commit.

        Args:
            about: What may have changed, of the topics in bell.py.
        """
        ...

    def listen(self) -> Listener:
        """Return a new listener."""
        ...

    def maintain(self) -> None:
        """Do what upkeep is due; cheap when none is."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...
