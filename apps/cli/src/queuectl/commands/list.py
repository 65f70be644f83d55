"""`queuectl list`: jobs, newest first."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from queuectl.choosing import FilterCommand, filter_of
from queuectl.exits import UsageProblem
from queuectl.formatting import parse_format
from queuectl.listing import Wish, print_jobs, watch_jobs
from queuectl.selection import parse_id
from queuectl.session import Session
from queuectl_store import Job, JobFilter

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_SORTS: dict[str, Callable[[Job], int]] = {
    "id": lambda job: job.id,
    "priority": lambda job: job.priority,
    "created": lambda job: job.created_at,
    "started": lambda job: job.started_at or 0,
    "finished": lambda job: job.finished_at or 0,
    "attempts": lambda job: job.attempt,
    "took": lambda job: (job.finished_at or 0) - (job.started_at or 0) if job.finished_at else 0,
}
# As the JSON job has them, beside `created_at` and its like.
_OTHER_NAMES = {"attempt": "attempts", "duration": "took"}


@app.command("list", cls=FilterCommand)
def list_jobs(
    ctx: typer.Context,
    *,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Print at most this many jobs; 0 is all.")
    ] = 50,
    before: Annotated[
        str | None, typer.Option(metavar="ID", help="Only jobs with lower ids: the next page.")
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="BY",
            help=f"Sort what is listed by {', '.join(_SORTS)}; with a - before it, highest first.",
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-o",
            metavar="FIELDS|TEMPLATE",
            help="Fields of the JSON job as columns (id,state,command) or in a template"
            " ('{id}\\t{command}').",
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Show it in place, until Ctrl-C.")
    ] = False,
) -> None:
    """List jobs, newest first, with the reason why each one waits.

    \b
    Examples:
      queuectl list
      queuectl list --state dead --queue mail
      queuectl list --since 1h --format id,state,duration,command
      queuectl list --state running --watch
      queuectl list --search ffmpeg --limit 0 --json | jq .id

    In a pipe it prints tab-separated rows without headings: id, state, queue, priority,
    name, attempts, age, time taken, exit code, command. With --json, one job a line.
    """
    session: Session = ctx.obj
    shape = None if form is None else parse_format(form)
    wish = Wish(
        filter=filter_of(ctx),
        limit=limit,
        before=None if before is None else parse_id(before),
        sort=None if sort is None else _sorting(sort),
    )
    if watch:
        watch_jobs(session, wish, form=shape)
        return
    empty = "no jobs; `queuectl enqueue -- COMMAND` adds one"
    if wish.filter != JobFilter() or wish.before is not None:
        empty = "no such job; `queuectl list` shows all"
    print_jobs(session, wish, empty=empty, form=shape)


def _sorting(text: str) -> Callable[[Sequence[Job]], list[Job]]:
    name = text.removeprefix("-").removesuffix("_at")
    by = _SORTS.get(_OTHER_NAMES.get(name, name))
    if by is None:
        raise UsageProblem(f"jobs are not sorted by {text!r}; take one of {', '.join(_SORTS)}")
    return lambda jobs: sorted(jobs, key=by, reverse=text.startswith("-"))
