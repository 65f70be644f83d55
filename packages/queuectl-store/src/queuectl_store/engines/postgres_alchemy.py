"""SQLAlchemy's connections to PostgreSQL: for migrations and the care of the whole store."""

from typing import Any

import sqlalchemy as sa

from queuectl_store.engines.postgres_faults import is_transient, translate
from queuectl_store.engines.watchdog import Watchdog
from queuectl_store.errors import StoreError

CALL_S = 10.0


class PostgresAlchemy:
    """Gives transactions, each on a connection that is opened for it."""

    errors: tuple[type[Exception], ...] = (sa.exc.DBAPIError,)

    def __init__(self, url: sa.URL, *, shown: str, watchdog: Watchdog) -> None:
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)
        self._shown, self._watchdog = shown, watchdog

    def begin_write(self) -> sa.Connection:
        """Return a connection in a transaction, closed from outside when a call hangs."""
        connection = self._engine.connect()
        try:
            raw: Any = connection.connection.driver_connection
            self._watchdog.guard(connection, raw, seconds=CALL_S)
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def begin_read(self) -> sa.Connection:
        """Return a connection in a read-only transaction."""
        connection = self.begin_write()
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        return connection

    def connect(self) -> sa.Connection:
        """Return a connection whose calls nobody cuts off."""
        return self._engine.connect()

    def translate(self, error: BaseException, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        return translate(error, self._shown, committing=committing)

    def is_transient(self, error: StoreError) -> bool:
        """See `postgres_faults.is_transient`."""
        return is_transient(error)
