"""`queuectl why`: why a job is not running."""

from typing import Annotated

import typer

from queuectl.jobs import state_cell, title_of
from queuectl.render import print_facts
from queuectl.selection import parse_id
from queuectl.session import Session

_SHOWN = 20


def why(
    ctx: typer.Context,
    *,
    job: Annotated[str, typer.Argument(metavar="ID", help="The job's id.")],
) -> None:
    """Say why a job is not running, which jobs it waits for, and what would change it.

    \b
    Examples:
      queuectl why 12
      queuectl why 12 --json | jq -r .remedy
    """
    from queuectl_store import why_document  # imported here: help needs no database library

    session: Session = ctx.obj
    told = session.look().reader.why(parse_id(job))
    if session.json:
        session.terminal.document(why_document(told))
        return
    blockers = " ".join(map(str, told.blockers[:_SHOWN]))
    more = f" and {len(told.blockers) - _SHOWN} more" if len(told.blockers) > _SHOWN else ""
    print_facts(
        session.terminal,
        {
            "job": f"{told.job.id}  {title_of(told.job)}",
            "state": state_cell(told.job, told.reason),
            "why": told.detail,
            "waits for": blockers + more,
            "remedy": told.remedy,
        },
    )
