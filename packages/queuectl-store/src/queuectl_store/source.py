"""Where a reader reads: transactions on a store, and its clocks."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from queuectl_store.notifier import Listener
from queuectl_store.sql.statement import Connection


class ReadEngine(Protocol):
    """What of a database reading needs beside its transactions."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def path(self) -> Path | None:
        """Its file, where it is one."""
        ...

    def times(self) -> Mapping[str, object]:
        """Return `now`, `lease_now` and `boot`, by which statements read the clocks."""
        ...

    def version(self) -> int:
        """Return a number that changes whenever anybody commits a change of a job."""
        ...

    def listen(self) -> Listener:
        """Return a new listener."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class Source(Protocol):
    """Gives transactions that only read."""

    @property
    def engine(self) -> ReadEngine:
        """The database behind it."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection whose statements all see one state of the store."""
        ...
