"""What gives transactions on a database, and what one can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from queuectl_store.errors import StoreError
from queuectl_store.sql.statement import Connection


class Transaction(Connection, Protocol):
    """A connection in a transaction, which is undone at the end unless it was committed."""

    def exec_driver_sql(self, statement: str, parameters: Any = ..., /) -> Any:
        """Run a text of the database's own."""
        ...

    def begin(self) -> Any:
        """Begin another transaction, after the end of one."""
        ...

    def commit(self) -> None:
        """Commit it."""
        ...

    def rollback(self) -> None:
        """Undo it."""
        ...

    def invalidate(self) -> None:
        """Let nobody use the connection again."""
        ...

    def close(self) -> None:
        """Undo what was not committed, and let go of the connection."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class Transactions(Protocol):
    """What gives transactions on one database."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the transactions raise, and `translate` takes."""
        ...

    def begin_read(self) -> Transaction:
        """Return a connection inside a transaction that only reads.

        Raises:
            StoreError: There is none.
        """
        ...

    def translate(self, error: BaseException, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        ...


class WriteTransactions(Transactions, Protocol):
    """What gives transactions that write, too."""

    def begin_write(self) -> Transaction:
        """Return a connection inside a transaction that may write.

        Raises:
            StoreError: There is none.
        """
        ...

    def is_transient(self, error: StoreError) -> bool:
        """Tell whether the same transaction may succeed when it is run again at once."""
        ...


@contextmanager
def reading(transactions: Transactions) -> Iterator[Transaction]:
    """Give a connection whose statements all see one state of the store.

    Raises:
        StoreError: In the terms of errors.py; never the driver's own exception.
    """
    try:
        with transactions.begin_read() as connection:
            yield connection
    except transactions.errors as error:
        raise transactions.translate(error, committing=False) from error
