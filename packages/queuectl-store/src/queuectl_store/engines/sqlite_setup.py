"""How a connection to a SQLite store is set up, and how a writer waits for its turn.

Standard library alone: the quick lane of the command line starts without the rest.
"""

import sqlite3
import time
from collections.abc import Callable

from queuectl_store.errors import StoreBusy

BUSY_S = 10.0


def set_up(connection: sqlite3.Connection, durability: str, *, reads_only: bool) -> None:
    """Put a new connection into WAL mode with the guarantees that the store promises."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode=wal").fetchall()
    for pragma in (
        f"synchronous={durability}",
        "wal_autocheckpoint=0",
        "journal_size_limit=67108864",
        "temp_store=memory",
        "trusted_schema=off",
        "cell_size_check=on",
        f"query_only={'on' if reads_only else 'off'}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def begin_write(connection: sqlite3.Connection | sqlite3.Cursor) -> None:
    """Take the write lock.

    Raises:
        StoreBusy: Another process kept it for 10 s.
    """
    # SQLite's own busy handler backs off up to 100 ms a step and starves a writer for
    # seconds; a short random pause keeps the throughput and cuts the longest wait.
    until_unlocked(lambda: connection.execute("BEGIN IMMEDIATE"))


def until_unlocked(step: Callable[[], object]) -> None:
    """Run *step* again and again while another connection has the lock.

    Raises:
        StoreBusy: It had it for 10 s.
    """
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            step()
        except sqlite3.OperationalError as error:
            if not is_locked(error):
                raise
            if time.monotonic() >= deadline:
                raise StoreBusy(
                    f"another process kept the store locked for {BUSY_S:.0f} s; try again,"
                    " and look for a program that holds it open in a transaction"
                ) from error
            time.sleep(_pause_s())
        else:
            return


def is_locked(error: sqlite3.Error) -> bool:
    """Tell whether *error* says that another connection has the lock."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _pause_s() -> float:
    # Imported here: few writers ever wait, and every start would pay for it.
    import random

    return random.uniform(0.0002, 0.002)  # noqa: S311
