"""SQLAlchemy's connections to a SQLite store: for migrations and the care of the whole store."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from queuectl_store.engines.sqlite_faults import is_spent, translate
from queuectl_store.engines.sqlite_setup import begin_write
from queuectl_store.errors import StoreError


class SqliteAlchemy:
    """Gives transactions, each on a connection that is opened for it.

    Args:
        open_raw: Opens a connection as the store's are set up.
    """

    errors: tuple[type[Exception], ...] = (sa.exc.DBAPIError,)

    def __init__(self, path: Path, open_raw: Callable[..., sqlite3.Connection]) -> None:
        self._path = path
        self._reads = _engine(lambda: open_raw(reads_only=True), _begin_read)
        self._writes = _engine(lambda: open_raw(reads_only=False), _begin_write)

    def begin_read(self) -> sa.Connection:
        """Return a connection that sees one state of the store and cannot write."""
        return self._begun(self._reads)

    def begin_write(self) -> sa.Connection:
        """Return a connection that holds the write lock."""
        return self._begun(self._writes)

    def translate(self, error: BaseException, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        return translate(getattr(error, "orig", error), self._path, committing=committing)

    def is_transient(self, error: StoreError) -> bool:  # noqa: ARG002
        """Nothing is: BEGIN IMMEDIATE already waited for the lock."""
        return False

    def _begun(self, engine: sa.Engine) -> sa.Connection:
        try:
            connection = engine.connect()
        except (sqlite3.Error, sa.exc.DBAPIError) as error:
            raise self.translate(error, committing=False) from error
        try:
            connection.begin()
        except sqlite3.Error as error:
            connection.close()
            raise self.translate(error, committing=False) from error
        except BaseException:
            connection.close()
            raise
        return connection


def _engine(opened: Callable[[], sqlite3.Connection], begin: Callable[..., None]) -> sa.Engine:
    engine = sa.create_engine("sqlite://", creator=opened, poolclass=sa.NullPool)
    sa.event.listen(engine, "begin", begin)
    sa.event.listen(engine, "handle_error", _retire)
    return engine


def _retire(context: sa.ExceptionContext) -> None:
    # "Disconnected": the connection is not used again.
    if is_spent(context.original_exception):
        context.is_disconnect = True


def _begin_read(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_write(connection: sa.Connection) -> None:
    raw: Any = connection.connection.driver_connection
    begin_write(raw)
