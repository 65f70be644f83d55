"""A connection that may hold what the file does not is not used again."""

import sqlite3

import pytest

from queuectl_store import connect


@pytest.mark.parametrize(
    ("code", "is_kept"), [(sqlite3.SQLITE_IOERR, False), (sqlite3.SQLITE_CONSTRAINT, True)]
)
def test_a_disk_error_in_a_statement_retires_the_connection(
    sqlite_url: str, code: int, is_kept: bool
) -> None:
    def fails() -> None:
        error = sqlite3.OperationalError("as SQLite says it")
        error.sqlite_errorcode = code
        raise error

    with connect(sqlite_url) as store:
        engine = store._database.engine
        with engine.begin_write() as writing:
            first = writing.raw  # type: ignore[attr-defined]
            with pytest.raises(sqlite3.OperationalError):
                writing._judged(fails)  # type: ignore[attr-defined]
        with engine.begin_write() as writing:
            assert (writing.raw is first) is is_kept  # type: ignore[attr-defined]
