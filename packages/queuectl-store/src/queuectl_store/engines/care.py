"""What the care of a whole store needs of a database: long transactions, sizes, numbering."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from queuectl_store.engines.symptoms import Symptom
from queuectl_store.engines.transaction import Transaction

if TYPE_CHECKING:
    import sqlalchemy as sa


class Care(Protocol):
    """The part of an engine that is for `db check`, `backup`, `copy` and `stats`."""

    def begin_look(self) -> Transaction:
        """Return as `begin_read` does what only statements by name are run on."""
        ...

    def begin_read(self) -> "sa.Connection":
        """Return a connection that sees one state of the store for as long as it takes."""
        ...

    def begin_write(self) -> "sa.Connection":
        """Return a connection in a write transaction that may take long."""
        ...

    def integrity(self, connection: Transaction) -> list[str]:
        """Return what the database itself says is damaged; nothing, if it finds nothing."""
        ...

    def set_last_id(self, connection: Transaction, table: str, last: int) -> None:
        """Let the ids of *table* go on after *last*."""
        ...

    def sizes(self, connection: Transaction) -> Mapping[str, int]:
        """Return sizes in bytes and counts of pages or rows, by name."""
        ...

    def symptoms(self, connection: Transaction) -> list[Symptom]:
        """Return what the database and the machine under it show, well or not."""
        ...

    def backup(self, target: Path) -> bool:
        """Copy the whole database into the new file *target*; False where it cannot be done so.

        Raises:
            OSError: *target* cannot be written.
        """
        ...
