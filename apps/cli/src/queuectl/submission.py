"""Bulk enqueue as a person sees it: where lines come from, progress, what is in at the end."""

import dataclasses
import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from queuectl.array import Array, array_jobs
from queuectl.asking import Defaults, new_groups, new_job
from queuectl.bulk import Asked, Line, enqueue_lines, read_lines
from queuectl.exits import UsageProblem
from queuectl.session import Session
from queuectl.spec import JobSpec
from queuectl_store import JobId, NewGroup


class Tally:
    """What of the input is stored by now."""

    def __init__(self) -> None:
        self.ids: list[JobId] = []
        self.line = 0

    def add(self, ids: list[JobId], line: int) -> None:
        """Count a batch that was stored."""
        self.ids += ids
        self.line = line

    def __str__(self) -> str:
        if not self.ids:
            return "nothing is enqueued"
        span = f"{self.ids[0]}-{self.ids[-1]}" if len(self.ids) > 1 else f"{self.ids[0]}"
        return f"{len(self.ids):,} jobs are enqueued (ids {span}, lines up to {self.line:,})"


def enqueue_from(
    session: Session,
    source: str,
    options: JobSpec,
    read_defaults: Callable[[], Defaults],
    *,
    is_atomic: bool,
    key: str | None = None,
) -> list[JobId]:
    """Enqueue a job for each line of *source* (a path, or `-` for stdin); print the ids.

    Raises:
        UsageProblem: The file cannot be read, or a line is not a job; says what is stored.
        KeyboardInterrupt: After telling what is stored.
    """
    tally = Tally()
    with _opened(source) as file, _progress(session, file, tally) as lines:
        # Not before the input is open: a wrong name must not leave a new store.
        store, defaults = session.open_store(), read_defaults()
        try:
            enqueue_lines(
                store,
                lines,
                lambda spec: _complete(spec.overridden_by(options), defaults),
                is_atomic=is_atomic,
                key=key,
                stored=tally.add,
            )
        except UsageProblem as error:
            _print_ids(session, tally)
            raise _with_tally(error, tally) from error
        except KeyboardInterrupt:
            _print_ids(session, tally)
            session.terminal.say(f"stopped: {tally}")
            raise
    if not tally.ids:
        raise UsageProblem("the input has no jobs; nothing is enqueued")
    _print_ids(session, tally)
    if session.terminal.talks_to_person:
        session.terminal.say(str(tally))
    return tally.ids


def _with_tally(error: UsageProblem, tally: Tally) -> UsageProblem:
    problem = str(error).splitlines()[0]
    told = UsageProblem(f"{problem}\n{tally}")
    told.code = error.code
    return told


def enqueue_array(
    session: Session, asked: JobSpec, defaults: Defaults, array: Array
) -> list[JobId]:
    """Enqueue a job for each index, all or none, in a group of their own; print the ids.

    Raises:
        UsageProblem: *asked* names no work.
    """
    # The same key is the same array: a second call must find the first one's group.
    token = hashlib.sha256(asked.key.encode("utf-8", "replace")).hexdigest() if asked.key else None
    group = asked.group or f"array-{(token or secrets.token_hex(5))[:10]}"
    job = new_job(dataclasses.replace(asked, group=group), defaults)
    rules = NewGroup(name=group, concurrency=array.at_once, halt=asked.halt)
    ids = session.open_store().enqueue(array_jobs(job, array), group=rules)
    if session.json:
        session.terminal.document({"enqueued": len(ids), "ids": ids, "group": group})
        return ids
    tally = Tally()
    tally.ids = ids
    _print_ids(session, tally)
    session.terminal.say(
        f"{len(ids):,} jobs are enqueued (ids {ids[0]}-{ids[-1]}) in the group {group}"
    )
    return ids


def _complete(spec: JobSpec, defaults: Defaults) -> Asked:
    new_groups([spec])  # refused with its line, not with its batch
    return spec, new_job(spec, defaults)


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(source, "rb")  # noqa: SIM115 closed below; only the opening is guarded
    except OSError as error:
        raise UsageProblem(
            f"cannot read {source!r}: {error.strerror}; nothing is enqueued"
        ) from error
    with file:
        yield file


@contextmanager
def _progress(session: Session, file: BinaryIO, tally: Tally) -> Iterator[Iterator[Line]]:
    """Yield the lines of *file*; on a terminal, show how far the reading is."""
    lines = read_lines(file)
    if not session.terminal.talks_to_person or os.environ.get("TERM") == "dumb":
        yield lines
        return
    # Imported here: only a person at a terminal sees a bar.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = TextColumn("enqueued {task.fields[stored]:,}"), BarColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=_size(file), stored=0)

        def watched() -> Iterator[Line]:
            read = 0
            for number, line in lines:
                read += len(line) + 1
                if number % 100 == 0:
                    bar.update(task, completed=read, stored=len(tally.ids))
                yield number, line

        yield watched()


def _size(file: BinaryIO) -> int | None:
    size = os.fstat(file.fileno()).st_size
    return size or None


def _print_ids(session: Session, tally: Tally) -> None:
    if session.json:
        session.terminal.document({"enqueued": len(tally.ids), "ids": tally.ids})
    elif not session.terminal.is_screen:
        for job_id in tally.ids:
            session.terminal.line(str(job_id))
