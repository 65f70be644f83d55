"""`queuectl list`: jobs, newest first."""

from typing import Annotated

import typer

from queuectl.choosing import FilterCommand, filter_of
from queuectl.jobs import documents, job_table
from queuectl.render import print_table
from queuectl.session import Session
from queuectl_store import Job, JobFilter

_MANY = 1_000_000_000
_PAGE = 1_000


app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("list", cls=FilterCommand)
def list_jobs(
    ctx: typer.Context,
    *,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Print at most this many jobs; 0 is all.")
    ] = 50,
) -> None:
    """List jobs, newest first, with the reason why each one waits.

    \b
    Examples:
      queuectl list
      queuectl list --state dead --queue mail
      queuectl list --search ffmpeg --limit 0 --json | jq .id

    In a pipe it prints tab-separated rows without headings: id, state, queue, priority,
    name, attempts, age, time taken, exit code, command. With --json, one job a line.
    """
    session: Session = ctx.obj
    empty = "no jobs; `queuectl enqueue -- COMMAND` adds one"
    print_jobs(session, read_jobs(session, filter_of(ctx), limit), empty=empty)


def read_jobs(session: Session, wanted: JobFilter, limit: int) -> tuple[list[Job], bool]:
    """Return the newest *limit* jobs of *wanted* (0: all), and whether there are more."""
    reader = session.read_store().reader
    most = limit or _MANY
    jobs: list[Job] = []
    while len(jobs) <= most:
        size = min(_PAGE, most + 1 - len(jobs))
        page = reader.page(wanted, limit=size, before=jobs[-1].id if jobs else None)
        jobs += page
        if len(page) < size:
            return jobs, False
    return jobs[:most], True


def print_jobs(session: Session, found: tuple[list[Job], bool], *, empty: str) -> None:
    """Print *jobs* as rows or documents; say so when there are none, or more than these."""
    jobs, is_cut = found
    if session.json:
        for document in documents(session, jobs):
            session.terminal.document(document)
    elif jobs:
        reader = session.open_store().reader
        is_full = not session.terminal.is_screen
        columns, rows = job_table(jobs, reader.reasons(jobs), now_ms=reader.now_ms(), full=is_full)
        print_table(session.terminal, columns, rows)
    else:
        session.terminal.say(empty)
    if is_cut:
        session.terminal.say(f"only the newest {len(jobs)} are shown; --limit 0 shows all")
