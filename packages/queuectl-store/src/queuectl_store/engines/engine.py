"""The one seam: what an engine has to offer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from queuectl_store.engines.care import Care
from queuectl_store.errors import StoreError
from queuectl_store.notifier import Listener


class Engine(Protocol):
    """One database. Everything that is the same for both lives above it."""

    url: str
    path: Path | None
    # Whether nobody else writes while a transaction that may write is open.
    writes_alone: bool

    @property
    def care(self) -> Care:
        """What the care of the whole store needs."""
        ...

    def begin_write(self) -> sa.Connection:
        """Return a connection inside a transaction that may write."""
        ...

    def begin_read(self) -> sa.Connection:
        """Return a connection inside a transaction that only reads."""
        ...

    def times(self) -> Mapping[str, object]:
        """Return `now`, `lease_now` and `boot`, by which statements read the clocks."""
        ...

    def translate(self, error: sa.exc.DBAPIError, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        ...

    def is_transient(self, error: StoreError) -> bool:
        """Tell whether the same transaction may succeed when it is run again at once."""
        ...

    def lock_for_migration(self, connection: sa.Connection) -> None:
        """Let one process at a time change the schema, until the transaction ends."""
        ...

    def version(self) -> int:
        """Return a number that changes whenever anybody commits a change of a job."""
        ...

    def notify(self) -> None:
        """Wake every listener of every process; after the commit."""
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
