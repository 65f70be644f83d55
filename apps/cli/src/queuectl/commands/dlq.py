"""`queuectl dlq`: the dead letter queue."""

from typing import Annotated

import typer

from queuectl.acting import Choice, DryRun, Ids, Queues, Yes, act
from queuectl.commands.act import RETRY
from queuectl.commands.list import print_jobs, read_jobs
from queuectl.commands.show import print_job
from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.jobs import attempts_documents, documents
from queuectl.selection import parse_id
from queuectl.session import Session
from queuectl_store import JobFilter, JobState

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""The dead letter queue: jobs that failed for good.

They stay until a person retries them: list, inspect, retry.""",
)


@app.command("list")
def list_dead(
    ctx: typer.Context,
    *,
    queue: Queues = None,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Print at most this many jobs; 0 is all.")
    ] = 50,
) -> None:
    """List the dead jobs, newest first, each with its error.

    \b
    Examples:
      queuectl dlq list
      queuectl dlq list --queue mail --json | jq .error

    With --json, one job a line.
    """
    session: Session = ctx.obj
    wanted = JobFilter(states=(JobState.DEAD,), queues=tuple(queue or ()))
    print_jobs(session, read_jobs(session, wanted, limit), empty="no dead jobs")


@app.command("show")
def show_dead(
    ctx: typer.Context,
    *,
    job: Annotated[str, typer.Argument(metavar="ID", help="The job's id.")],
) -> None:
    """Show a dead job with all its attempts.

    \b
    Examples:
      queuectl dlq show 12
    """
    session: Session = ctx.obj
    job_id = parse_id(job)
    found = session.read_store().reader.get(job_id)
    if found.state is not JobState.DEAD:
        raise CommandError(
            f"job {found.id} is {found.state}, not dead; `queuectl show {found.id}` shows it",
            code=Exit.NOT_FOUND,
        )
    if session.json:
        [document] = documents(session, [found])
        session.terminal.document({**document, "attempts": attempts_documents(session, found)})
        return
    print_job(session, found)


@app.command("retry")
def retry_dead(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    all_: Annotated[bool, typer.Option("--all", help="Every dead job.")] = False,
    queue: Queues = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Try dead jobs again, with a full new allowance of retries.

    \b
    Examples:
      queuectl dlq retry 12
      queuectl dlq retry --all
      queuectl dlq retry --queue mail --dry-run

    Exit code 3 or 4 when nothing was touched. With --json: done, refused.
    """
    if sum(map(bool, (jobs, all_, queue))) != 1:
        raise UsageProblem("say which dead jobs to retry: ids, --queue or --all")
    choice = Choice(
        ids=jobs or (),
        states=() if jobs else ("dead",),
        queues=queue or (),
        is_dry=dry_run,
        is_sure=yes,
    )
    act(ctx.obj, RETRY, choice)
