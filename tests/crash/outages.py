"""Ways in which a store goes away for a while, and comes back as it was."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from tests.postgres import (
    Home,
    PostgresMissing,
    binary_folders,
    kept_folder,
    start,
)

Away = Callable[[], AbstractContextManager[None]]


@contextmanager
def locked_file(folder: Path) -> Iterator[tuple[str, Away]]:
    """Give a SQLite store, and the time in which another program holds its write lock."""
    path = folder / "queue.db"

    @contextmanager
    def away() -> Iterator[None]:
        with closing(sqlite3.connect(path, isolation_level=None)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            yield
            blocker.execute("ROLLBACK")

    yield str(path), away


@contextmanager
def stopped_server(folder: Path) -> Iterator[tuple[str, Away]]:
    """Give a database on a server of its own, and the time in which that server is stopped."""
    del folder
    refusals = []
    for binaries in binary_folders():
        with kept_folder(binaries) as home:
            try:
                server = start(home)
            except PostgresMissing as refusal:
                refusals.append(str(refusal))
                continue
            yield server.create_database(), lambda: _stopped(home)
            return
    raise PostgresMissing("; ".join(refusals))


@contextmanager
def _stopped(home: Home) -> Iterator[None]:
    """As after a crash: the sessions are gone at once, and it recovers when it starts."""
    options = (home.data / "postmaster.opts").read_text().partition(" ")[2].replace('"', "").strip()
    _pg_ctl(home, "stop", "-m", "immediate")
    try:
        yield
    finally:
        _pg_ctl(home, "start", "-w", "-l", str(home.path / "log"), "-o", options)


def _pg_ctl(home: Home, *words: str) -> None:
    subprocess.run(
        home.command("pg_ctl", *words),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        **home.identity,
    )
