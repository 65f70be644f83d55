"""Retention of output files: old ones go, and those of jobs that were pruned; never a live one.

What is to go is found by looking at the files, so a crash between the deletion of a job and of
its output leaves nothing behind for ever.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from queuectl_store import SETTINGS, JobId, JobState, Store
from queuectl_store.instants import moment_of
from queuectl_store.values import dataclass
from queuectl_worker.output import DAY_MS, LogFolder
from queuectl_worker.sources import copy_with_holes

T = TypeVar("T")

CHUNK = 500
_NAME = re.compile(r"(\d+)-(\d+)(\.err)?\.log")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BLOCK = 512  # what st_blocks counts in, whatever the file system


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepLogs:
    """How long output is kept, in milliseconds, how many files and bytes; None is forever."""

    age_ms: int | None
    count: int | None
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsFreed:
    """How many files were deleted, or would be, and what they held."""

    files: int = 0
    size: int = 0

    def __add__(self, other: Self) -> "LogsFreed":
        return LogsFreed(files=self.files + other.files, size=self.size + other.size)


class LogFile(NamedTuple):
    """One run's output on this host; *is_error* where it is of stderr alone."""

    path: Path
    job_id: JobId
    token: int
    mtime_ms: int
    size: int
    is_error: bool


def keep_logs(texts: Mapping[str, str]) -> KeepLogs:
    """Read the settings that say what output is kept.

    Raises:
        InvalidSetting: One is not of its kind.
    """
    names = ("keep_logs", "keep_logs_count", "keep_logs_bytes")
    age, count, size = (SETTINGS[n].parse(texts.get(n, SETTINGS[n].default)) for n in names)
    return KeepLogs(age_ms=age, count=count, size=size)


def prune_logs(
    store: Store, logs: LogFolder, keep: KeepLogs, *, now_ms: int, dry: bool = False
) -> Iterator[LogsFreed]:
    """Delete output that is not kept, some files a step; *dry* only counts.

    First what is too old or belongs to no job any more, then the oldest of the rest until
    number and size are within their bounds. One day's files are in memory at a time.
    """
    files, size = 0, 0
    for day in _days(logs):
        for chunk in _parts(_files(day)):
            doomed = _doomed(store, chunk, keep, now_ms)
            files += len(chunk) - len(doomed)
            size += sum(each.size for each in chunk) - sum(each.size for each in doomed)
            yield _delete(doomed, dry=dry)
        _leave_no_empty(day, now_ms)
    for day in _days(logs):
        excess = _excess(files, size, keep)
        if excess == (0, 0):
            return
        gone = _oldest(store, day, *excess)
        files, size = files - len(gone), size - sum(each.size for each in gone)
        yield _delete(gone, dry=dry)
        _leave_no_empty(day, now_ms)


def drop_logs(store: Store, logs: LogFolder, ids: Iterable[JobId]) -> LogsFreed:
    """Delete the output of those of *ids* that the store no longer has, as far as it is here.

    Ids are never used again, so none of it can be of a run that goes on. What cannot be deleted
    now is left to `prune_logs`.
    """
    wanted = sorted(ids)
    gone = set(wanted)
    for part in _parts(wanted):
        gone -= {job.id for job in store.reader.find(part)}
    freed = LogsFreed()
    with contextlib.suppress(OSError):
        for day in _days(logs) if gone else ():
            freed += _delete((each for each in _files(day) if each.job_id in gone), dry=False)
            _leave_no_empty(day, store.reader.now_ms())
    return freed


def _doomed(store: Store, files: Sequence[LogFile], keep: KeepLogs, now_ms: int) -> list[LogFile]:
    oldest_ms = None if keep.age_ms is None else now_ms - keep.age_ms
    jobs = {job.id: job for job in store.reader.find(sorted({each.job_id for each in files}))}
    # A file of a higher id is of another life of this store: a backup was restored.
    newest = store.reader.last_job_id()
    doomed = []
    for each in files:
        job = jobs.get(each.job_id)
        if job is not None and job.state is JobState.RUNNING and job.token == each.token:
            continue
        is_orphan = job is None and each.job_id <= newest
        if is_orphan or (oldest_ms is not None and each.mtime_ms < oldest_ms):
            doomed.append(each)
    return doomed


def _excess(files: int, size: int, keep: KeepLogs) -> tuple[int, int]:
    too_many = 0 if keep.count is None else max(0, files - keep.count)
    too_much = 0 if keep.size is None else max(0, size - keep.size)
    return too_many, too_much


def _oldest(store: Store, day: Path, too_many: int, too_much: int) -> list[LogFile]:
    """Return the oldest files of a day that are not live, as many as are too many or too much."""
    files = sorted(_files(day), key=lambda each: (each.mtime_ms, each.job_id))
    ids = sorted({each.job_id for each in files})
    running = {
        (job.id, job.token)
        for part in _parts(ids)
        for job in store.reader.find(part)
        if job.state is JobState.RUNNING
    }
    chosen: list[LogFile] = []
    for each in files:
        if len(chosen) >= too_many and sum(file.size for file in chosen) >= too_much:
            break
        if (each.job_id, each.token) not in running:
            chosen.append(each)
    return chosen


def _days(logs: LogFolder) -> list[Path]:
    try:
        names = sorted(entry.name for entry in os.scandir(logs.root) if _DAY.fullmatch(entry.name))
    except FileNotFoundError:
        return []
    return [logs.root / name for name in names]


def _files(day: Path) -> Iterator[LogFile]:
    with contextlib.suppress(FileNotFoundError), os.scandir(day) as entries:
        for entry in entries:
            if (found := _NAME.fullmatch(entry.name)) is None:
                continue
            with contextlib.suppress(FileNotFoundError):
                stat = entry.stat(follow_symlinks=False)
                # A log over its cap has a hole: what counts is what it takes on the disk.
                size = min(stat.st_size, getattr(stat, "st_blocks", stat.st_size) * _BLOCK)
                run = JobId(int(found[1])), int(found[2])
                changed_ms, is_error = stat.st_mtime_ns // 1_000_000, found[3] is not None
                yield LogFile(Path(entry.path), *run, changed_ms, size, is_error)


def _delete(files: Iterable[LogFile], *, dry: bool) -> LogsFreed:
    freed = LogsFreed()
    for each in files:
        if not dry:
            try:
                each.path.unlink()
            except FileNotFoundError:
                continue  # another worker of this host was first
            except OSError:
                continue  # Windows: somebody reads it; the next pass will find it again
        freed += LogsFreed(files=1, size=each.size)
    return freed


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(items)
    while part := list(islice(waiting, CHUNK)):
        yield part


def _leave_no_empty(day: Path, now_ms: int) -> None:
    # Of the last days it stays: runs that began then may be about to move their output there.
    if day.name >= f"{moment_of(now_ms - 2 * DAY_MS):%Y-%m-%d}":
        return
    with contextlib.suppress(OSError):
        day.rmdir()


def output_files(logs: LogFolder) -> Iterator[LogFile]:
    """Yield every output in *logs*."""
    for day in _days(logs):
        yield from _files(day)


def copy_logs(source: LogFolder, target: LogFolder) -> int:
    """Let *target* have every output of *source*; return how many files it got.

    A file is linked where both are on one file system, and copied with its holes where not.
    """
    if source.root == target.root:
        return 0
    copied = 0
    for day in _days(source):
        for file in _files(day):
            place = target.root / day.name / file.path.name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if place.exists():
                continue
            try:
                os.link(file.path, place)
            except OSError:
                copy_with_holes(file.path, place)
            copied += 1
    return copied
