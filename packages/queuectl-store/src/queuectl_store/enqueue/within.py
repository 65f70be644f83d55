"""Enqueueing inside a transaction that belongs to the caller: its Session or Connection."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa

from queuectl_store.errors import StoreUnreachable

_COMMIT_S = 10.0
_DATABASE = "queuectl.database"
WHICH_DATABASE = sa.text(
    "SELECT 'the PostgreSQL database ' || datname || ' (' || oid || ')' FROM pg_database"
    " WHERE datname = current_database()"
)
ERRORS = (sa.exc.DBAPIError,)


class AfterCommit:
    """Calls something after each transaction of somebody else in which jobs were stored.

    A session is listened to once, however many jobs it stores: SQLAlchemy keeps a listener for
    as long as the session lives. One that is rolled back is remembered, and costs a call too many.

    Args:
        call: Quick, and safe to call from any thread.
    """

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._owing: WeakSet[Any] = WeakSet()

    def add(self, session: Any, connection: sa.Connection) -> None:
        """Remember the transaction that *session* is in, on *connection*."""
        session = _plain(session)
        name, told = (
            ("commit", self._committing) if session is connection else ("after_commit", self._ended)
        )
        if not sa.event.contains(session, name, told):
            sa.event.listen(session, name, told)
        self._owing.add(session)

    def _ended(self, session: Any) -> None:
        # Told of the end of a savepoint too, after which nothing is to be seen yet.
        if not session.in_nested_transaction() and session in self._owing:
            self._owing.discard(session)
            self._call()

    def _committing(self, connection: sa.Connection) -> None:
        # SQLAlchemy tells of a connection's commit just before it.
        if connection in self._owing:
            self._owing.discard(connection)
            wait = threading.Thread(
                target=self._once_committed, args=(connection,), name="queuectl-bell", daemon=True
            )
            wait.start()

    def _once_committed(self, connection: sa.Connection) -> None:
        deadline = time.monotonic() + _COMMIT_S
        while not connection.closed and connection.in_transaction():
            if time.monotonic() > deadline:
                break
            time.sleep(0.001)
        self._call()


def connection_of(session: Any) -> sa.Connection:
    """Return the connection on which *session* works now.

    Args:
        session: A SQLAlchemy Session, a scoped one too, or a Connection.

    Raises:
        StoreUnreachable: It is none of these, or one of asyncio's.
    """
    if hasattr(session, "run_sync"):
        raise StoreUnreachable(
            f"{type(session).__name__} works on an event loop; `await` the enqueue there:"
            " task.options(session=session).enqueue_async(…)"
        )
    session = _plain(session)
    if isinstance(session, sa.Connection):
        return session
    if callable(getattr(session, "connection", None)):
        connection = session.connection()
        if isinstance(connection, sa.Connection):
            return connection
    raise StoreUnreachable(
        f"{type(session).__name__} is no SQLAlchemy Session or Connection; give the one in whose"
        " transaction the job is to be stored"
    )


def check_same_store(
    connection: sa.Connection, path: Path | None, database: Callable[[], str]
) -> None:
    """See that *connection* leads to the store: to the file *path*, or for None to *database*.

    Args:
        database: Says what `database_of` says of the store's own connections.

    Raises:
        StoreUnreachable: It leads elsewhere; the job would not be where its workers look.
    """
    dialect = connection.dialect.name
    found = dialect
    if dialect == "sqlite":
        found = _file_of(connection) or dialect
        if path is not None and Path(found).exists() and Path(found).samefile(path):
            return
    elif dialect == "postgresql":
        found = database_of(connection)
        if path is None and found == database():
            return
    raise StoreUnreachable(
        f"the session is on {found}, and the queue is not: the job and your rows can"
        " only be stored together in one database"
    )


def database_of(connection: sa.Connection) -> str:
    """Name the PostgreSQL database of *connection*, with its number: names are used again.

    Asked once for each connection that there is to the server.
    """
    known = connection.info.get(_DATABASE)
    if known is None:
        known = connection.info[_DATABASE] = connection.execute(WHICH_DATABASE).scalar_one()
    return str(known)


def _file_of(connection: sa.Connection) -> str:
    rows = connection.exec_driver_sql("PRAGMA database_list").all()
    return next((row[2] for row in rows if row[1] == "main"), "")


def _plain(session: Any) -> Any:
    # A scoped session makes one, or gives the one there is, when it is called.
    registry = getattr(session, "registry", None)
    return session() if callable(registry) and callable(session) else session
