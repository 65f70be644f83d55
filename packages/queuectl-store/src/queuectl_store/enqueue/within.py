"""Enqueueing inside a transaction that belongs to the caller: its Session or Connection."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from queuectl_store.errors import StoreUnreachable

_COMMIT_S = 10.0
ERRORS = (sa.exc.DBAPIError,)


def connection_of(session: Any) -> sa.Connection:
    """Return the connection on which *session* works now.

    Args:
        session: A SQLAlchemy Session, scoped or asyncio ones too, or a Connection.

    Raises:
        StoreUnreachable: It is none of these.
    """
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


def after_commit(session: Any, connection: sa.Connection, call: Callable[[], None]) -> None:
    """Call *call* once the transaction of *session* has committed."""
    session = _plain(session)
    if session is connection:
        # SQLAlchemy tells of a connection's commit just before it.
        sa.event.listen(connection, "commit", lambda c: _once_committed(c, call), once=True)
    else:
        sa.event.listen(session, "after_commit", lambda _session: call(), once=True)


def check_same_store(connection: sa.Connection, path: Path | None) -> None:
    """See that *connection* leads to the store: to the file *path*, or for None to PostgreSQL.

    Raises:
        StoreUnreachable: It leads elsewhere; the job would not be where its workers look.
    """
    dialect = connection.dialect.name
    if path is None and dialect == "postgresql":
        return
    file = _file_of(connection) if dialect == "sqlite" else None
    if path is not None and file and Path(file).exists() and Path(file).samefile(path):
        return
    raise StoreUnreachable(
        f"the session is on {file or dialect}, and the queue is not: the job and your rows can"
        " only be stored together in one database"
    )


def _file_of(connection: sa.Connection) -> str:
    rows = connection.exec_driver_sql("PRAGMA database_list").all()
    return next((row[2] for row in rows if row[1] == "main"), "")


def _once_committed(connection: sa.Connection, call: Callable[[], None]) -> None:
    def wait() -> None:
        deadline = time.monotonic() + _COMMIT_S
        while not connection.closed and connection.in_transaction():
            if time.monotonic() > deadline:
                break
            time.sleep(0.001)
        call()

    threading.Thread(target=wait, name="queuectl-bell", daemon=True).start()


def _plain(session: Any) -> Any:
    # asyncio's sessions and connections wrap a plain one; a scoped session makes one when called.
    for name in ("sync_session", "sync_connection"):
        if (plain := getattr(session, name, None)) is not None:
            return plain
    registry = getattr(session, "registry", None)
    return session() if callable(registry) and callable(session) else session
