"""Writers and checkpointers that meet on one core, as the processes of a busy store do.

The checkpointers run only when no writer wants the core, so a writer that wakes stops one in the
middle of its call. That is what makes the fault of SQLite's WAL show within seconds.
"""

import contextlib
import multiprocessing
import os
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

from queuectl_store import SystemClock
from queuectl_store.engines.sqlite import SqliteEngine
from queuectl_store.engines.sqlite_setup import begin_write

WRITERS = CHECKPOINTERS = 2
START_S = 60.0
PAUSE_S = 0.000_4
KEPT_ROWS = 300
SIZES = (10, 10, 10, 200, 20_000)  # a few large rows, so that the WAL is reset again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a round left: commits that returned, what each writer missed, what SQLite thinks.

    Attributes:
        resets: How often a writer began the write-ahead log anew; each may lose a commit.
    """

    commits: int
    lost: tuple[str, ...]
    integrity: str
    resets: int

    @property
    def is_clean(self) -> bool:
        return not self.lost and self.integrity == "ok"


def an_engine(path: Path) -> SqliteEngine:
    return SqliteEngine(path, clock=SystemClock(), durability="full", create=True)


def run_round(path: Path, *, seconds: float, checkpoint: Callable[[SqliteEngine], None]) -> Verdict:
    """Let writers and checkpointers at a new file for *seconds*, and say what became of it."""
    _make(path)
    # Spawned: a fork would share the test's own connections and threads.
    spawn = multiprocessing.get_context("spawn")
    said, ready, stop = spawn.SimpleQueue(), spawn.Barrier(WRITERS + CHECKPOINTERS), spawn.Event()
    crowd = [
        spawn.Process(target=write, args=(path, n, seconds, ready, stop, said))
        for n in range(WRITERS)
    ]
    crowd += [
        spawn.Process(target=checkpoint_idly, args=(path, checkpoint, ready, stop))
        for _ in range(CHECKPOINTERS)
    ]
    # Held open: the last connection to close would fold the WAL away before it is looked at.
    witness = an_engine(path)._raw(reads_only=True)
    for process in crowd:
        process.start()
    reports = [said.get() for _ in range(WRITERS)]
    stop.set()
    for process in crowd:
        process.join()
    verdict = Verdict(
        commits=sum(report.commits for report in reports),
        lost=tuple(report.lost for report in reports if report.lost),
        resets=_resets(path.with_name(path.name + "-wal")),
        integrity=_integrity(path),
    )
    witness.close()
    return verdict


def _resets(wal: Path) -> int:
    """Read the checkpoint sequence number of the log's header (sqlite.org/fileformat2.html)."""
    return int.from_bytes(wal.read_bytes()[12:16], "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far one writer came, and what it missed, if anything."""

    commits: int
    lost: str


def write(path: Path, writer: int, seconds: float, ready: Barrier, stop: Event, said: Any) -> None:
    """Count upwards, one commit a number, and look each time for the number before."""
    connection = an_engine(path)._raw(reads_only=False)
    ready.wait(START_S)
    _share_one_core()
    until, commits, lost = time.monotonic() + seconds, 0, ""
    while time.monotonic() < until and not stop.is_set() and not lost:
        time.sleep(random.random() * PAUSE_S)
        try:
            lost = _commit_next(connection, writer, commits)
        except sqlite3.DatabaseError as error:
            lost = f"writer {writer} after {commits} commits: {error}"
        commits += not lost
    if lost:
        stop.set()
    said.put(Report(commits=commits, lost=lost))
    connection.close()


def checkpoint_idly(
    path: Path, checkpoint: Callable[[SqliteEngine], None], ready: Barrier, stop: Event
) -> None:
    """Checkpoint again and again in the moments in which no writer runs."""
    engine = an_engine(path)
    checkpoint(engine)
    ready.wait(START_S)
    _share_one_core()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    # Damage, which the control makes, is for the writers and the integrity check to tell of.
    with contextlib.suppress(sqlite3.DatabaseError):
        while not stop.is_set():
            checkpoint(engine)
            # The guard is the write lock: without a pause there would be nothing but guards.
            time.sleep(random.random() * PAUSE_S)


def guarded(engine: SqliteEngine) -> None:
    """Our checkpoint."""
    engine.checkpoint()


def plain(engine: SqliteEngine) -> None:
    """What every SQLite program does unless told otherwise: a checkpoint with nothing held."""
    if engine._guard is None:
        engine._guard = engine._raw(reads_only=False)
    engine._guard.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _commit_next(connection: sqlite3.Connection, writer: int, last: int) -> str:
    begin_write(connection)
    seen = connection.execute("SELECT n FROM last WHERE writer = ?", (writer,)).fetchone()
    if seen != (last,):
        connection.execute("ROLLBACK")
        return f"writer {writer} committed {last}, the database says {seen}"
    connection.execute("UPDATE last SET n = ? WHERE writer = ?", (last + 1, writer))
    row = (writer, last + 1, "x" * random.choice(SIZES))
    connection.execute("INSERT INTO rows VALUES (?, ?, ?)", row)
    connection.execute("DELETE FROM rows WHERE writer = ? AND n = ?", (writer, last - KEPT_ROWS))
    connection.execute("COMMIT")
    return ""


def _make(path: Path) -> None:
    engine = an_engine(path)
    connection = engine._raw(reads_only=False)
    connection.execute("CREATE TABLE rows (writer INT, n INT, pad TEXT)")
    connection.execute("CREATE INDEX rows_by_number ON rows (writer, n)")
    connection.execute("CREATE TABLE last (writer INT PRIMARY KEY, n INT)")
    connection.executemany("INSERT INTO last VALUES (?, 0)", [(n,) for n in range(WRITERS)])
    connection.close()
    engine.close()


def _raw(path: Path) -> sqlite3.Connection:
    return an_engine(path)._raw(reads_only=False)


def _share_one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return "; ".join(row[0] for row in connection.execute("PRAGMA integrity_check(3)"))
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        connection.close()
