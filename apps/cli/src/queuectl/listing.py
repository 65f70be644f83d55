"""Printing many jobs: page by page where nobody waits for an aligned table."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from queuectl.exits import UsageProblem
from queuectl.formatting import Format
from queuectl.jobs import documents, job_table
from queuectl.render import Cell, Column, Row, aligned_lines, print_table
from queuectl.session import Session
from queuectl_store import Job, JobFilter, JobId
from queuectl_store.values import dataclass

_MANY = 1_000_000_000
_PAGE = 1_000
# A busy queue changes all the time; a person reads no faster than this.
_QUIET_S, _LOOK_S = 0.3, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be listed: the newest *limit* jobs (0: all) below the id *before*."""

    filter: JobFilter
    limit: int
    before: JobId | None = None
    sort: Callable[[Sequence[Job]], list[Job]] | None = None


def pages(session: Session, wish: Wish) -> Iterator[list[Job]]:
    """Yield the jobs, newest first, and then an empty page if there are more than the limit."""
    reader = session.look().reader
    left, before = wish.limit or _MANY, wish.before
    while True:
        # One more than is wanted tells whether there are more.
        size = min(_PAGE, left + 1)
        page = reader.page(wish.filter, limit=size, before=before)
        if len(page) > left:
            yield page[:left]
            yield []
            return
        if page:
            yield page
        if len(page) < size:
            return
        left, before = left - len(page), page[-1].id


def print_jobs(session: Session, wish: Wish, *, empty: str, form: Format | None = None) -> None:
    """Print the jobs as rows or documents; say so when there are none, or more than these."""
    count, is_cut, kept, last = 0, False, list[Job](), None
    streams = wish.sort is None and (session.json or not session.terminal.is_screen)
    for page in pages(session, wish):
        is_cut, count = not page, count + len(page)
        last = page[-1].id if page else last
        if streams:
            _print(session, page, form)
        else:
            kept += page
    if kept:
        _print(session, kept if wish.sort is None else wish.sort(kept), form)
    if not count and not session.json:
        session.terminal.say(empty)
    if is_cut and last is not None:
        session.terminal.say(f"there are older ones: --before {last} goes on, --limit 0 shows all")


def watch_jobs(session: Session, wish: Wish, *, form: Format | None) -> None:
    """Show the jobs in place, anew whenever something changes, until Ctrl-C.

    Raises:
        UsageProblem: There is no terminal on which that could be.
    """
    terminal = session.terminal
    if session.json or not terminal.is_live:
        raise UsageProblem("--watch needs a terminal; `queuectl events -f` follows in a pipe")
    height = 0
    with closing(session.look().listen()) as listener:
        while True:
            page = next(pages(session, wish), [])
            jobs = page if wish.sort is None else wish.sort(page)
            lines = _lines(session, jobs, form) or ["no jobs"]
            lines = lines[: max(1, shutil.get_terminal_size().lines - 1)]
            terminal.redraw(lines, over=height)
            height = len(lines)
            listener.wait(_QUIET_S)
            listener.wait(_LOOK_S)


def _print(session: Session, jobs: Sequence[Job], form: Format | None) -> None:
    terminal = session.terminal
    if session.json:
        for document in documents(session, jobs):
            terminal.document(document)
    elif form is None:
        reader = session.look().reader
        is_full = not terminal.is_screen
        columns, rows = job_table(jobs, reader.reasons(jobs), now_ms=reader.now_ms(), full=is_full)
        print_table(terminal, columns, rows)
    elif form.template is not None:
        for document in documents(session, jobs):
            terminal.line(form.line(document))
    else:
        columns, rows = _table(session, jobs, form)
        print_table(terminal, columns, rows)


def _lines(session: Session, jobs: Sequence[Job], form: Format | None) -> list[str]:
    if not jobs:
        return []
    if form is None:
        reader = session.look().reader
        columns, rows = job_table(jobs, reader.reasons(jobs), now_ms=reader.now_ms(), full=False)
        return aligned_lines(session.terminal, columns, rows)
    if form.template is not None:
        return [form.line(document) for document in documents(session, jobs)]
    return aligned_lines(session.terminal, *_table(session, jobs, form))


def _table(session: Session, jobs: Sequence[Job], form: Format) -> tuple[list[Column], list[Row]]:
    columns = [Column(title=name.upper(), flexible=True) for name in form.columns]
    rows: list[Row] = [
        [Cell(text=text) for text in form.cells(document)] for document in documents(session, jobs)
    ]
    return columns, rows
