"""Where a run's output lies, and how to read it while the run goes on.

The bytes get there without us: the guardian gives the file to the child. A log over its cap
has a hole in its middle; reading states what is missing there.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from queuectl_store import Attempt, Claim, Job, Store

BLOCK = 1 << 16
FOLLOW_PAUSE_S = 0.05
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The logs of one store: a folder a day, a file a run. Silent runs have no file."""

    root: Path

    def path(self, job_id: int, token: int, started_ms: int) -> Path:
        """Return where the run that was claimed at *started_ms* (UTC) keeps its output."""
        return Path(self.name(job_id, token, started_ms))

    def name(self, job_id: int, token: int, started_ms: int) -> str:
        """Return the same as text: the hot loop names a thousand files a second."""
        return f"{self.root}/{_day(started_ms // DAY_MS)}/{job_id}-{token}.log"

    def errors_name(self, job_id: int, token: int, started_ms: int) -> str:
        """Return where a run keeps its stderr, if that is apart."""
        return self.name(job_id, token, started_ms).removesuffix(".log") + ".err.log"

    def for_run(self, job: Job, attempt: Attempt | None = None) -> Path | None:
        """Return the log of *attempt*, or of the job's latest run; None before the first run.

        The file need not exist: the run may have printed nothing (yet), or on another host.
        """
        run = attempt or job
        if run.started_at is None or run.token == 0:
            return None
        path = self.path(job.id, run.token, run.started_at)
        # A run is filed under the day of its claim; its start may be seconds into the next.
        before = self.path(job.id, run.token, run.started_at - DAY_MS)
        return before if before.exists() and not path.exists() else path

    def add(self, claim: Claim, text: str) -> None:
        """Append *text* to the run's log: for runs that have no process of their own.

        Raises:
            OSError: It cannot be written.
        """
        path = self.path(claim.job.id, claim.token, claim.job.started_at or 0)
        for folder in (self.root, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with os.fdopen(os.open(path, flags, 0o600), "ab") as log:
            log.write(text.encode("utf-8", "backslashreplace"))

    @property
    def spool(self) -> Path:
        """The folder of the files that running jobs write before it is known that they print."""
        return self.root / "spool"


def log_root(store: Store, log_dir: str | None = None) -> Path:
    """Return the folder of *store*'s logs: *log_dir* (the setting) if it names one.

    Otherwise `logs/<file name>/` beside a SQLite store, and the user's data folder for a server.
    """
    if log_dir:
        return Path(log_dir).expanduser().absolute()
    if store.path is not None:
        path = store.path.absolute()
        return path.parent / "logs" / path.name
    digest = hashlib.sha256(store.url.encode()).hexdigest()[:12]
    return _user_folder() / "logs" / f"server-{digest}"


def read(path: Path, *, tail: int | None = None) -> bytes:
    """Return the output in *path*, or its last *tail* lines; empty where there is no file."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return b""
    try:
        size = os.fstat(file).st_size
        start = 0 if tail is None else _tail_start(file, size, tail)
        return b"".join(_pieces(file, start, size))
    finally:
        os.close(file)


def follow(path: Path, is_over: Callable[[], bool]) -> Iterator[bytes]:
    """Yield the output in *path* as it comes, until the run is over and all of it was read.

    The file may appear late or never. *is_over* is asked about twenty times a second.
    """
    file, position = -1, 0
    try:
        while True:
            over = is_over()  # asked before the last look, so that nothing falls between
            file = _open_if_there(path) if file < 0 else file
            if file >= 0:
                size = os.fstat(file).st_size
                yield from _pieces(file, position, size)
                position = max(position, size)
            if over:
                return
            time.sleep(FOLLOW_PAUSE_S)
    finally:
        if file >= 0:
            os.close(file)


def copy_with_holes(source: Path, target: Path) -> None:
    """Copy an output; what was cut from its middle is a hole in the copy too."""
    binary = getattr(os, "O_BINARY", 0)
    old = os.open(source, os.O_RDONLY | binary)
    new = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o600)
    try:
        position, size = 0, os.fstat(old).st_size
        while (position := _next_data(old, position, size)) < size:
            block = _read_at(old, position, min(BLOCK, _next_hole(old, position, size) - position))
            os.lseek(new, position, os.SEEK_SET)
            position += os.write(new, block)
        os.ftruncate(new, size)
    finally:
        os.close(old)
        os.close(new)
    shutil.copystat(source, target)


@lru_cache(maxsize=4)
def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _open_if_there(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return -1


def _pieces(file: int, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        hole_end = _next_data(file, start, end)
        if hole_end > start:
            yield _cut_note(hole_end - start)
            start = hole_end
            continue
        block = _read_at(file, start, min(BLOCK, end - start))
        # The middle may be cut while we read it, and then reads as zeros: believe only a
        # block that is still data afterwards.
        kept = min(start + len(block), _next_hole(file, start, end)) - start
        if not block:
            return
        yield block[:kept]
        start += kept


def _tail_start(file: int, end: int, lines: int) -> int:
    if lines <= 0:
        return end
    wanted, position = lines, end
    while position > 0:
        first = max(0, position - BLOCK)
        block = _read_at(file, first, position - first)
        if position == end and block.endswith(b"\n"):
            wanted += 1  # the last line's own end is not a line more
        newlines = block.count(b"\n")
        if newlines >= wanted:
            return first + _nth_last_newline(block, wanted) + 1
        wanted, position = wanted - newlines, first
    return 0


def _nth_last_newline(block: bytes, count: int) -> int:
    at = len(block)
    for _ in range(count):
        at = block.rindex(b"\n", 0, at)
    return at


def _read_at(file: int, start: int, length: int) -> bytes:
    os.lseek(file, start, os.SEEK_SET)
    return os.read(file, length)


def _next_data(file: int, start: int, end: int) -> int:
    return min(_seek(file, start, "SEEK_DATA", otherwise=end), end)


def _next_hole(file: int, start: int, end: int) -> int:
    return max(start, min(_seek(file, start, "SEEK_HOLE", otherwise=end), end))


def _seek(file: int, start: int, whence: str, *, otherwise: int) -> int:
    kind = getattr(os, whence, None)
    if kind is None:  # Windows keeps its logs whole
        return start if whence == "SEEK_DATA" else otherwise
    try:
        return os.lseek(file, start, kind)
    except OSError:  # ENXIO: nothing of that kind follows
        return otherwise


def _cut_note(size: int) -> bytes:
    return f"\n[queuectl: {size:,} bytes cut here, the log reached its cap]\n".encode()


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "queuectl"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/queuectl"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "queuectl"
