"""`queuectl dlq`: the dead letter queue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from queuectl.acting import Action, act
from queuectl.choosing import DeadActCommand, DeadFilterCommand, Ids, filter_of
from queuectl.commands.show import print_job
from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.jobs import full_document
from queuectl.listing import Wish, print_jobs
from queuectl.moments import short_span
from queuectl.removal import drop_output
from queuectl.render import Cell, Column, Row, print_table
from queuectl.selection import parse_id
from queuectl.session import Session
from queuectl_store import (
    TRANSITIONS,
    DeadGroup,
    JobState,
    Rate,
    Verb,
    dead_group_document,
)

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""The dead letter queue: jobs that failed for good.

They stay until a person retries or purges them; those of one fault form a group.""",
)

_DEAD = frozenset({JobState.DEAD})
_COLUMNS = (
    Column(title="FINGERPRINT"),
    Column(title="JOBS", right=True),
    Column(title="FIRST", right=True),
    Column(title="LAST", right=True),
    Column(title="ERROR", flexible=True),
)


@app.command("list", cls=DeadFilterCommand)
def list_dead(
    ctx: typer.Context,
    *,
    group: Annotated[bool, typer.Option("--group", help="Group them by their fault.")] = False,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Print at most this many jobs; 0 is all.")
    ] = 50,
) -> None:
    """List the dead jobs, newest first, each with its error; or their groups, largest first.

    \b
    Examples:
      queuectl dlq list
      queuectl dlq list --group
      queuectl dlq list --queue mail --json | jq .error

    With --json, one job a line; with --group one group a line: fingerprint, error, count,
    first_seen, last_seen, ids.
    """
    session: Session = ctx.obj
    wanted = replace(filter_of(ctx), states=(JobState.DEAD,))
    if group:
        _print_groups(session, session.look().dead.groups(wanted))
    else:
        print_jobs(session, Wish(filter=wanted, limit=limit), empty="no dead jobs")


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
      queuectl dlq show 12 --json | jq '.attempts[-1].error'
    """
    session: Session = ctx.obj
    job_id = parse_id(job)
    found = session.look().reader.get(job_id)
    if found.state is not JobState.DEAD:
        raise CommandError(
            f"job {found.id} is {found.state}, not dead; `queuectl show {found.id}` shows it",
            code=Exit.NOT_FOUND,
        )
    if session.json:
        session.terminal.document(full_document(session, found))
        return
    print_job(session, found)


@app.command("retry", cls=DeadActCommand)
def retry_dead(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="N/TIME", help="Let so many start in this time: 10/m, 5/s, 100/15m."),
    ] = None,
) -> None:
    """Try dead jobs again, with a full new allowance of retries; edit changes them first.

    \b
    Examples:
      queuectl dlq retry 12
      queuectl dlq retry --fingerprint 3f2a90c1d4e5 --rate 10/m
      queuectl dlq retry --all
      queuectl dlq retry --queue mail --dry-run

    With --rate the workers let them start one by one, the oldest first; nothing has to keep
    running here. Exit code 3 or 4 when nothing was touched. With --json: done, refused.
    """
    pace = None if rate is None else _rate(rate)

    action = Action(
        verb="retry",
        done="retried",
        states=_DEAD,
        move=lambda verbs, ids: verbs.dead.retry(ids, rate=pace),
        makes_batches=True,
    )
    act(ctx, action, jobs)


@app.command("purge", cls=DeadActCommand)
def purge_dead(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Delete dead jobs with their attempts, events and output, for good.

    \b
    Examples:
      queuectl dlq purge 12
      queuectl dlq purge --fingerprint 3f2a90c1d4e5
      queuectl dlq purge --all --dry-run

    A job that an unfinished child, group or schedule needs is refused. Exit code 3 or 4 when
    nothing was touched. With --json: done, refused.
    """
    session: Session = ctx.obj
    action = Action(
        verb="purge",
        done="purged",
        states=_DEAD,
        move=lambda verbs, ids: verbs.dead.purge(ids),
        makes_batches=True,
        after=lambda moved: drop_output(session, moved),
    )
    act(ctx, action, jobs)


@app.command("add", cls=DeadActCommand)
def give_up(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Give retrying jobs up: they become dead letters now instead of being tried again.

    \b
    Examples:
      queuectl dlq add 12
      queuectl dlq add --queue mail --dry-run

    Exit code 3 or 4 when nothing was touched. With --json: done, refused.
    """
    action = Action(
        verb="give up",
        done="given up",
        states=TRANSITIONS[Verb.GIVE_UP].sources,
        move=lambda verbs, ids: verbs.admin.give_up(ids),
    )
    act(ctx, action, jobs)


def _rate(text: str) -> Rate:
    try:
        return Rate.parse(text)
    except ValueError as error:
        raise UsageProblem(f"--rate {text!r}: {error}") from error


def _print_groups(session: Session, groups: Sequence[DeadGroup]) -> None:
    if session.json:
        for group in groups:
            session.terminal.document(dead_group_document(group))
        return
    if not groups:
        session.terminal.say("no dead jobs")
        return
    now_ms = session.look().reader.now_ms()
    rows: list[Row] = [
        [
            Cell(text=group.fingerprint or ""),
            Cell(text=f"{group.count}"),
            Cell(text=short_span(now_ms - group.first_seen), style="dim"),
            Cell(text=short_span(now_ms - group.last_seen), style="dim"),
            Cell(text=(group.error or "").strip().splitlines()[-1] if group.error else ""),
        ]
        for group in groups
    ]
    print_table(session.terminal, _COLUMNS, rows)
