"""Transactions: begin, commit, and again when the database says that another try may succeed."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from queuectl_store.engines.engine import Engine
from queuectl_store.engines.transaction import Transaction, WriteTransactions, reading
from queuectl_store.errors import OutcomeUnknown, StoreError

T = TypeVar("T")

_DEADLINE_S = 10.0


def written(
    transactions: WriteTransactions, work: Callable[[Transaction], T], *, repeatable: bool = False
) -> T:
    """Run *work* in one write transaction and commit it.

    A try that lost against another process is repeated, until a deadline of 10 s.

    Args:
        work: May run several times; only the last one counts.
        repeatable: *work* recognises its own earlier commit, so that it is also
            repeated when the reply to COMMIT was lost.

    Raises:
        StoreError: In the terms of errors.py; never the driver's own exception.
    """
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        try:
            return _once(transactions, work)
        except StoreError as error:
            unknown = isinstance(error, OutcomeUnknown)
            again = repeatable if unknown else transactions.is_transient(error)
            if not again or time.monotonic() >= deadline:
                raise
        # Imported here: few tries are lost, and every start would pay for it.
        import random

        # Random, so that two losers do not meet again; short, so that none starves
        # (measured: the worst wait of four writers falls from 2 s to 0.15 s).
        time.sleep(random.uniform(0.0002, 0.002))  # noqa: S311


class Database:
    """Runs transactions on an engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def write(self, work: Callable[[Transaction], T], *, repeatable: bool = False) -> T:
        """Run *work* in one write transaction and commit it; see `written`."""
        return written(self.engine, work, repeatable=repeatable)

    def read(self) -> AbstractContextManager[Transaction]:
        """Give a connection whose statements all see one state of the store; see `reading`."""
        return reading(self.engine)


def _once(transactions: WriteTransactions, work: Callable[[Transaction], T]) -> T:
    committing = False
    try:
        with transactions.begin_write() as connection:
            result = work(connection)
            committing = True
            _commit(connection, transactions.errors)
    except transactions.errors as error:
        raise transactions.translate(error, committing=committing) from error
    return result


def _commit(connection: Transaction, errors: tuple[type[Exception], ...]) -> None:
    try:
        connection.commit()
    except errors:
        # Whatever it says from now on may be wrong: after a failed fsync it does not even see
        # the row that recovery will bring back.
        connection.invalidate()
        raise
