"""What a SQLite file, its log, its disk and the library show: for `doctor`."""

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from queuectl_store.engines.symptoms import Level, Symptom
from queuectl_store.errors import StoreDamaged

_MIB = 2**20
_LARGE_WAL = 64 * _MIB
_LITTLE, _VERY_LITTLE = 1_024 * _MIB, 100 * _MIB
# sqlite.org/wal.html: before it a checkpoint that overlaps a reset of the WAL can lose commits.
_MENDED = (3, 51, 3)
# Read through in a sixth of a second.
_QUICKLY_READ = 64 * _MIB
# Clocks that are kept by NTP differ by less.
_SKEW_S = 60


def symptoms(path: Path, *, journal_mode: str) -> list[Symptom]:
    """Return what is to be said of the store at *path*, well or not."""
    found = [_journal(journal_mode), _wal(path), library(sqlite3.sqlite_version_info)]
    found.append(disk(path.parent, free=shutil.disk_usage(path.parent).free))
    return [*found, *_mode(path)]


def library(version: tuple[int, ...]) -> Symptom:
    """Judge a version of SQLite."""
    text = f"SQLite {'.'.join(map(str, version))}"
    if version >= _MENDED:
        return Symptom(name="sqlite", level=Level.OK, text=text)
    return Symptom(
        name="sqlite",
        level=Level.OK,
        text=f"{text} can lose commits at a checkpoint; this program keeps it from that",
        remedy="let no other program write to the file, or use a Python with SQLite 3.51.3",
    )


def clock(*, behind_s: float) -> Symptom:
    """Judge by how many seconds this host's clock is behind the newest event in the store."""
    if behind_s < _SKEW_S:
        text = "the clock is not behind what the store holds"
        return Symptom(name="clock", level=Level.OK, text=text)
    return Symptom(
        name="clock",
        level=Level.WARNING,
        text=f"this host's clock is {behind_s:,.0f} s behind the newest event in the store: delays,"
        " schedules and retries wait that much longer",
        remedy="set the clock, and keep it by NTP",
    )


def disk(folder: Path, *, free: int) -> Symptom:
    """Judge how many bytes are *free* where *folder* is."""
    text = f"{free / _MIB:,.0f} MiB are free in {folder}"
    if free >= _LITTLE:
        return Symptom(name="disk", level=Level.OK, text=text)
    return Symptom(
        name="disk",
        level=Level.WARNING if free >= _VERY_LITTLE else Level.FAILURE,
        text=text,
        remedy="free some; `queuectl prune --dry-run` tells what can go",
    )


def pages(size: int, look: Callable[[], Sequence[str]], path: Path) -> Symptom:
    """Judge the pages of a file of *size* bytes; *look* gives what SQLite finds wrong with them.

    Raises:
        StoreDamaged: It finds something.
    """
    if size > _QUICKLY_READ:
        return Symptom(
            name="pages",
            level=Level.OK,
            text=f"the {size / _MIB:,.0f} MiB of the file are not looked through here",
            remedy="`queuectl db check` reads them all",
        )
    if found := look():
        raise StoreDamaged(
            f"the store {path} is damaged ({' '.join(found[0].split())}); stop its workers, keep a"
            " copy of the file with its -wal, and restore a backup"
        )
    return Symptom(name="pages", level=Level.OK, text="the pages of the file are sound")


def _journal(mode: str) -> Symptom:
    if mode == "wal":
        return Symptom(name="journal", level=Level.OK, text="the journal mode is WAL")
    return Symptom(
        name="journal",
        level=Level.FAILURE,
        text=f"the journal mode is {mode}, not WAL: writers stop readers",
        remedy="let no other program change it; the next start of a worker sets it back",
    )


def _wal(path: Path) -> Symptom:
    try:
        size = os.stat(f"{path}-wal").st_size
    except OSError:
        size = 0
    text = f"the write-ahead log has {size / _MIB:,.0f} MiB"
    if size < _LARGE_WAL:
        return Symptom(name="wal", level=Level.OK, text=text)
    return Symptom(
        name="wal",
        level=Level.WARNING,
        text=f"{text}: it cannot be moved into the store",
        remedy="end what reads the file in a long transaction; a worker moves it within minutes",
    )


def _mode(path: Path) -> Iterator[Symptom]:
    if sys.platform == "win32" or not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return
    yield Symptom(
        name="permissions",
        level=Level.WARNING,
        text=f"others on this host may open {path}, which holds commands and their variables",
        remedy=f"chmod 600 {path}*",
    )
