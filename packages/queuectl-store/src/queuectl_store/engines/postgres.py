"""PostgreSQL: its own clock, SKIP LOCKED, NOTIFY as a wake-up, and a deadline on every call."""

import contextlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from queuectl_store.bell import EVERYTHING
from queuectl_store.clock import Clock, SystemClock
from queuectl_store.engines.postgres_alchemy import CALL_S, PostgresAlchemy
from queuectl_store.engines.postgres_care import PostgresCare
from queuectl_store.engines.postgres_faults import is_transient, translate
from queuectl_store.engines.postgres_listener import PostgresListener, TrailingBell
from queuectl_store.engines.postgres_plain import PostgresConnection, PostgresPool
from queuectl_store.engines.transaction import Transaction, reading
from queuectl_store.engines.watchdog import Watchdog
from queuectl_store.errors import StoreError
from queuectl_store.notifier import Listener
from queuectl_store.sql.plain.upkeep import SCHEMA_VERSION

_MIGRATION_LOCK = 7_146_253_019  # any number that other programs do not use
_HAS_VERSION = "SELECT to_regclass('queuectl_schema_version')"
_DEFAULTS = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "8000",
    "target_session_attrs": "read-write",
    "application_name": "queuectl",
    # A claim that hangs must not hold its rows longer than a lease.
    "options": "-c statement_timeout=10s -c lock_timeout=3s"
    " -c idle_in_transaction_session_timeout=15s",
}
_NOTIFY = "NOTIFY queuectl, '{}'"
_END_OF_FEED = (
    "SELECT tx, id FROM queuectl_events"
    " WHERE tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"
    " ORDER BY tx DESC, id DESC LIMIT 1"
)


class PostgresEngine:
    """One PostgreSQL database."""

    writes_alone = False
    joins_writes = True
    # SQLAlchemy wraps them, where the care of a whole store goes through it.
    errors: tuple[type[Exception], ...] = (psycopg.Error, sa.exc.DBAPIError)
    conflict: type[Exception] = psycopg.IntegrityError

    def __init__(self, url: sa.URL, *, clock: Clock) -> None:
        self.path: Path | None = None
        self.url = url.set(query={}).render_as_string(hide_password=True)
        # The database's clock is the only one that all hosts share; a test may set another.
        self._clock = None if isinstance(clock, SystemClock) else clock
        query = {**_DEFAULTS, **url.query}
        self._url = url.set(drivername="postgresql+psycopg", query=query)
        self._dialect: sa.Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
        self._pool = PostgresPool(self._connect_raw)
        self._watchdog = Watchdog()
        self._bell = TrailingBell(self._notify_now)

    def begin_write(self) -> PostgresConnection:
        """Return a connection in a transaction, closed from outside when a call hangs."""
        return self._begin("BEGIN")

    def begin_read(self) -> PostgresConnection:
        """Return a connection in a read-only transaction."""
        return self._begin("BEGIN READ ONLY")

    def times(self) -> Mapping[str, object]:
        """Return nulls, by which the statements read the database's clock."""
        if self._clock is None:
            return {"now": None, "lease_now": None, "boot": ""}
        return {"now": self._clock.wall_ms(), "lease_now": self._clock.lease().now_ms, "boot": ""}

    def translate(self, error: BaseException, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        return translate(error, self.url, committing=committing)

    def is_transient(self, error: StoreError) -> bool:
        """A deadlock, a lost race or a lock timeout may go well the second time."""
        return is_transient(error)

    def schema_version(self) -> str | None:
        """Return the number of the newest migration in the store; None for an empty one."""
        with reading(self) as connection:
            if connection.exec_driver_sql(_HAS_VERSION).scalar() is None:
                return None
            return str(SCHEMA_VERSION.run(connection).scalar_one())

    def lock_for_migration(self, connection: Transaction) -> None:
        """Take a lock of the transaction's own: a session's would outlive a pooler's."""
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    def version(self) -> int:
        """Return a number made of the newest event and of where the feed ends.

        Ids become visible out of order: an event below the newest shows when the feed reaches it.
        """
        with reading(self) as connection:
            newest = connection.exec_driver_sql("SELECT max(id) FROM queuectl_events").scalar()
            end = connection.exec_driver_sql(_END_OF_FEED).first()
        return hash((newest, *(end or ())))

    def commit(self, connection: Transaction, about: int) -> int:
        """Commit, with a NOTIFY in the same round trip if there may be one now.

        After COMMIT, and so in a transaction of its own: in that one it would hold its lock, of
        which the server has one, over the wait for the disk.
        """
        if not isinstance(connection, PostgresConnection):
            connection.commit()
            return about
        may_ring = about and self._bell.may_ring(about)
        connection.commit(then=_NOTIFY.format(about) if may_ring else "")
        return 0

    def notify(self, about: int = EVERYTHING) -> None:
        """Wake all listeners, soon if that is often: NOTIFY locks the whole server."""
        self._bell.ring(about)

    def listen(self) -> Listener:
        """Return a listener on a connection of its own."""
        return PostgresListener(self._connect_raw)

    def maintain(self) -> None:
        """Autovacuum does it."""

    def close(self) -> None:
        """Close every connection."""
        self._bell.close()
        self._pool.close()
        self._watchdog.close()

    @cached_property
    def alchemy(self) -> PostgresAlchemy:
        """Transactions on connections of SQLAlchemy, each opened for it."""
        return PostgresAlchemy(self._url, shown=self.url, watchdog=self._watchdog)

    @property
    def care(self) -> PostgresCare:
        """What the care of the whole store needs."""
        return PostgresCare(self.alchemy.connect)

    def _begin(self, text: str) -> PostgresConnection:
        try:
            wire = self._pool.take()
        except psycopg.Error as error:
            raise self.translate(error, committing=False) from error
        connection = PostgresConnection(wire, text, self._pool.give)
        self._watchdog.guard(connection, wire.raw, seconds=CALL_S)
        return connection

    def _notify_now(self, about: int) -> None:
        # A wake-up that fails is only a wake-up that comes with the next poll.
        with contextlib.suppress(psycopg.Error, StoreError):
            wire = self._pool.take()
            try:
                wire.ask(_NOTIFY.format(about))
                wire.sync()
            finally:
                self._pool.give(wire)

    def _connect_raw(self) -> "psycopg.Connection[Any]":
        arguments, options = self._dialect.create_connect_args(self._url)
        return psycopg.connect(*arguments, **{**options, "autocommit": True})
