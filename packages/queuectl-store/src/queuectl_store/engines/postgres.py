"""PostgreSQL: its own clock, SKIP LOCKED, NOTIFY as a wake-up, and a deadline on every call."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from queuectl_store.clock import Clock, SystemClock
from queuectl_store.engines.postgres_care import PostgresCare
from queuectl_store.engines.postgres_listener import PostgresListener, TrailingBell
from queuectl_store.engines.transaction import Transaction
from queuectl_store.engines.watchdog import Watchdog
from queuectl_store.errors import (
    MissingDriver,
    OutcomeUnknown,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnreachable,
)
from queuectl_store.notifier import Listener
from queuectl_store.sql.plain.upkeep import SCHEMA_VERSION

_MIGRATION_LOCK = 7_146_253_019  # any number that other programs do not use
_CALL_S = 10.0
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
_END_OF_FEED = (
    "SELECT tx, id FROM queuectl_events"
    " WHERE tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"
    " ORDER BY tx DESC, id DESC LIMIT 1"
)
_AGAIN = {"40001", "40P01", "55P03", "23505"}  # serialization, deadlock, lock timeout, lost a race


class PostgresEngine:
    """One PostgreSQL database."""

    writes_alone = False
    errors: tuple[type[Exception], ...] = (sa.exc.DBAPIError,)
    conflict: type[Exception] = sa.exc.IntegrityError

    def __init__(self, url: sa.URL, *, clock: Clock) -> None:
        self.path: Path | None = None
        self.url = url.set(query={}).render_as_string(hide_password=True)
        # The database's clock is the only one that all hosts share; a test may set another.
        self._clock = None if isinstance(clock, SystemClock) else clock
        url = url.set(drivername="postgresql+psycopg")
        query = {**_DEFAULTS, **url.query}
        try:
            self._engine = sa.create_engine(
                url.set(query=query), pool_size=5, max_overflow=10, pool_timeout=5
            )
        except ModuleNotFoundError as error:
            raise MissingDriver(
                "PostgreSQL needs the psycopg package: install the extra `queuectl[postgres]`"
            ) from error
        self._watchdog = Watchdog()
        self._bell = TrailingBell(self._notify_now)

    def begin_write(self) -> sa.Connection:
        """Return a connection in a transaction, closed from outside when a call hangs."""
        return self._begin()

    def begin_read(self) -> sa.Connection:
        """Return a connection in a read-only transaction."""
        connection = self._begin()
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        return connection

    def times(self) -> Mapping[str, object]:
        """Return nulls, by which the statements read the database's clock."""
        if self._clock is None:
            return {"now": None, "lease_now": None, "boot": ""}
        return {"now": self._clock.wall_ms(), "lease_now": self._clock.lease().now_ms, "boot": ""}

    def translate(self, error: BaseException, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        cause = getattr(error, "orig", error)
        state = getattr(cause, "sqlstate", None)
        text = str(cause).strip().splitlines()[0] if str(cause).strip() else "no reply"
        lost = getattr(error, "connection_invalidated", False) or state is None
        if lost and committing:
            return OutcomeUnknown(f"the connection to {self.url} was lost during COMMIT: {text}")
        if state in _AGAIN:
            return StoreBusy(f"{self.url} is busy: {text}; try again")
        if state is not None and state.startswith("53"):
            return StoreFull(f"{self.url} has no room left: {text}")
        if state in ("XX001", "XX002"):
            return StoreDamaged(f"{self.url} is damaged: {text}; restore a backup")
        return StoreUnreachable(
            f"cannot use {self.url}: {text}; check the address and that the server runs"
        )

    def is_transient(self, error: StoreError) -> bool:
        """A deadlock, a lost race or a lock timeout may go well the second time."""
        return isinstance(error, StoreBusy)

    def schema_version(self) -> str | None:
        """Return the number of the newest migration in the store; None for an empty one."""
        try:
            with self.begin_read() as connection:
                if not sa.inspect(connection).has_table("queuectl_schema_version"):
                    return None
                return str(SCHEMA_VERSION.run(connection).scalar_one())
        except sa.exc.DBAPIError as error:
            raise self.translate(error, committing=False) from error

    def lock_for_migration(self, connection: Transaction) -> None:
        """Take a lock of the transaction's own: a session's would outlive a pooler's."""
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    def version(self) -> int:
        """Return a number made of the newest event and of where the feed ends.

        Ids become visible out of order: an event below the newest shows when the feed reaches it.
        """
        try:
            with self._begin() as connection:
                newest = connection.exec_driver_sql("SELECT max(id) FROM queuectl_events").scalar()
                end = connection.exec_driver_sql(_END_OF_FEED).first()
        except sa.exc.DBAPIError as error:
            raise self.translate(error, committing=False) from error
        return hash((newest, *(end or ())))

    def notify(self) -> None:
        """Wake all listeners, soon if that is often: NOTIFY locks the whole server."""
        self._bell.ring()

    def listen(self) -> Listener:
        """Return a listener on a connection of its own."""
        return PostgresListener(self._connect_raw)

    def maintain(self) -> None:
        """Autovacuum does it."""

    def close(self) -> None:
        """Close every connection."""
        self._bell.close()
        self._engine.dispose()
        self._watchdog.close()

    @property
    def alchemy(self) -> "PostgresEngine":
        """Its transactions are on connections of SQLAlchemy anyway."""
        return self

    @property
    def care(self) -> PostgresCare:
        """What the care of the whole store needs."""
        return PostgresCare(self._engine.connect)

    def _begin(self) -> sa.Connection:
        try:
            connection = self._engine.connect()
        except sa.exc.TimeoutError as error:
            raise StoreBusy("all connections of this process are in use; try again") from error
        try:
            raw: Any = connection.connection.driver_connection
            self._watchdog.guard(connection, raw, seconds=_CALL_S)
            connection.begin()
        except BaseException:
            connection.close()
            raise
        return connection

    def _notify_now(self) -> None:
        # A wake-up that fails is only a wake-up that comes with the next poll.
        with contextlib.suppress(sa.exc.SQLAlchemyError), self._autocommit() as connection:
            connection.exec_driver_sql("NOTIFY queuectl")

    @contextlib.contextmanager
    def _autocommit(self) -> Iterator[sa.Connection]:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def _connect_raw(self) -> Any:
        import psycopg

        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        return psycopg.connect(*arguments, **{**options, "autocommit": True})
