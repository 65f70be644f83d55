"""Transactions: begin, commit, and again when the database says that another try may succeed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from queuectl_store.engines.engine import Engine
from queuectl_store.engines.transaction import Transaction, WriteTransactions, reading
from queuectl_store.errors import OutcomeUnknown, StoreError
from queuectl_store.interrupts import UNBROKEN

T = TypeVar("T")

_DEADLINE_S = 10.0


def written(
    transactions: WriteTransactions,
    work: Callable[[Transaction], T],
    *,
    repeatable: bool = False,
    commit: Callable[[Transaction, T], None] | None = None,
) -> T:
    """Run *work* in one write transaction and commit it.

    A try that lost against another process is repeated, until a deadline of 10 s.

    Args:
        work: May run several times; only the last one counts.
        repeatable: *work* recognises its own earlier commit, so that it is also
            repeated when the reply to COMMIT was lost.
        commit: Commits, given the connection and what *work* returned.

    Raises:
        StoreError: In the terms of errors.py; never the driver's own exception.
    """
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        try:
            return _once(transactions, work, commit)
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

    def write(
        self,
        work: Callable[[Transaction], T],
        *,
        repeatable: bool = False,
        rings: int | Callable[[T], int] = 0,
    ) -> T:
        """Run *work* in one write transaction and commit it; see `written`.

        Args:
            rings: What listeners are told of after the commit: topics of bell.py, 0 for nothing;
                or what says it, given what *work* returned.
        """
        with UNBROKEN:
            return self._write(work, repeatable=repeatable, rings=rings)

    def _write(
        self,
        work: Callable[[Transaction], T],
        *,
        repeatable: bool,
        rings: int | Callable[[T], int],
    ) -> T:
        if not rings:
            return written(self.engine, work, repeatable=repeatable)
        left = 0

        def commit(connection: Transaction, result: T) -> None:
            nonlocal left
            about = rings if isinstance(rings, int) else rings(result)
            left = self.engine.commit(connection, about)

        result = written(self.engine, work, repeatable=repeatable, commit=commit)
        if left:
            self.engine.notify(left)
        return result

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Give a connection whose statements all see one state of the store; see `reading`."""
        with UNBROKEN, reading(self.engine) as connection:
            yield connection


def _once(
    transactions: WriteTransactions,
    work: Callable[[Transaction], T],
    commit: Callable[[Transaction, T], None] | None,
) -> T:
    committing = False
    try:
        with transactions.begin_write() as connection:
            result = work(connection)
            committing = True
            done = connection.commit if commit is None else partial(commit, connection, result)
            _commit(connection, done, transactions.errors)
    except transactions.errors as error:
        raise transactions.translate(error, committing=committing) from error
    return result


def _commit(
    connection: Transaction, commit: Callable[[], None], errors: tuple[type[Exception], ...]
) -> None:
    try:
        commit()
    except errors:
        # Whatever it says from now on may be wrong: after a failed fsync it does not even see the
        # row that recovery will bring back.
        connection.invalidate()
        raise
