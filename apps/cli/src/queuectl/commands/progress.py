"""`queuectl progress`: a job's own report of how far it is."""

import os
from typing import Annotated

import typer

from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.selection import parse_id
from queuectl.session import Session


def progress(
    ctx: typer.Context,
    *,
    percent: Annotated[
        float,
        typer.Argument(metavar="PERCENT", min=0, max=100, help="How far the job is, 0 to 100."),
    ],
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="What it does now.")
    ] = None,
) -> None:
    """Report progress from inside a job; `list`, `show` and the dashboard show it.

    \b
    Examples:
      queuectl progress 42
      queuectl progress 80 encoding the second pass

    It knows its job by QUEUECTL_JOB_ID and QUEUECTL_TOKEN. With --json: id, progress.
    """
    session: Session = ctx.obj
    job, token = os.environ.get("QUEUECTL_JOB_ID"), os.environ.get("QUEUECTL_TOKEN")
    if not job or not token or not token.isdecimal():
        raise UsageProblem(
            "progress works inside a job: QUEUECTL_JOB_ID and QUEUECTL_TOKEN are not set"
        )
    said = " ".join([f"{percent:g}%", *(text or [])])
    if not session.read_store().set_progress(parse_id(job), int(token), said):
        raise CommandError(f"job {job} is not this run's any more; stop working", code=Exit.REFUSED)
    if session.json:
        session.terminal.document({"id": int(job), "progress": said})
