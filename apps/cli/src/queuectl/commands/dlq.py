"""`queuectl dlq`: the dead letter queue."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from queuectl.acting import Action, DryRun, Ids, Queues, Yes, act_on
from queuectl.commands.list import print_jobs, read_jobs
from queuectl.commands.show import print_job
from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.jobs import attempts_documents, documents
from queuectl.moments import short_span
from queuectl.render import Cell, Column, Row, print_table
from queuectl.selection import existing_ids, parse_id, parse_ids
from queuectl.session import Session
from queuectl_store import (
    TRANSITIONS,
    Admin,
    DeadGroup,
    JobFilter,
    JobId,
    JobState,
    Moved,
    Rate,
    Verb,
    instant,
)

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""The dead letter queue: jobs that failed for good.

They stay until a person retries or purges them; those of one fault form a group.""",
)

Fault = Annotated[
    str | None,
    typer.Option("--fingerprint", metavar="F", help="The group of this fingerprint."),
]
All = Annotated[bool, typer.Option("--all", help="Every dead job.")]

_DEAD = frozenset({JobState.DEAD})
_COLUMNS = (
    Column(title="FINGERPRINT"),
    Column(title="JOBS", right=True),
    Column(title="FIRST", right=True),
    Column(title="LAST", right=True),
    Column(title="ERROR", flexible=True),
)


@app.command("list")
def list_dead(
    ctx: typer.Context,
    *,
    queue: Queues = None,
    fingerprint: Fault = None,
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
    wanted = _filter(queue, fingerprint)
    if group:
        _print_groups(session, session.read_store().dead.groups(wanted))
    else:
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
    fingerprint: Fault = None,
    all_: All = False,
    queue: Queues = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="N/TIME", help="Let so many start in this time: 10/m, 5/s, 100/15m."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
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

    def move(session: Session) -> Callable[[Admin, Sequence[JobId]], Moved]:
        return lambda _, ids: session.open_store().dead.retry(ids, rate=pace)

    session: Session = ctx.obj
    ids = _chosen(session, "retry", jobs or (), queue or (), fingerprint, is_all=all_)
    action = Action(
        verb="retry", done="retried", states=_DEAD, move=move(session), makes_batches=True
    )
    act_on(session, action, ids, is_dry=dry_run, asks=not yes and not _are_single(jobs))


@app.command("purge")
def purge_dead(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    fingerprint: Fault = None,
    all_: All = False,
    queue: Queues = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Delete dead jobs with their attempts and events, for good.

    \b
    Examples:
      queuectl dlq purge 12
      queuectl dlq purge --fingerprint 3f2a90c1d4e5
      queuectl dlq purge --all --dry-run

    A job that another one waits for is refused. Exit code 3 or 4 when nothing was touched. With
    --json: done, refused.
    """
    session: Session = ctx.obj
    ids = _chosen(session, "purge", jobs or (), queue or (), fingerprint, is_all=all_)
    action = Action(
        verb="purge",
        done="purged",
        states=_DEAD,
        move=lambda _, ids: session.open_store().dead.purge(ids),
        makes_batches=True,
    )
    act_on(session, action, ids, is_dry=dry_run, asks=not yes and not _are_single(jobs))


@app.command("add")
def give_up(ctx: typer.Context, *, jobs: Ids = None, dry_run: DryRun = False) -> None:
    """Give retrying jobs up: they become dead letters now instead of being tried again.

    \b
    Examples:
      queuectl dlq add 12

    Exit code 3 or 4 when nothing was touched. With --json: done, refused.
    """
    session: Session = ctx.obj
    if not jobs:
        raise UsageProblem("say which retrying jobs to give up: ids or ranges such as 5-9")
    ids = existing_ids(session.read_store(), parse_ids(jobs), words=jobs)
    action = Action(
        verb="give up",
        done="given up",
        states=TRANSITIONS[Verb.GIVE_UP].sources,
        move=lambda admin, ids: admin.give_up(ids),
    )
    act_on(session, action, ids, is_dry=dry_run, asks=False)


def _filter(queue: Sequence[str] | None, fingerprint: str | None) -> JobFilter:
    return JobFilter(
        states=(JobState.DEAD,), queues=tuple(queue or ()), fingerprint=fingerprint or None
    )


def _chosen(
    session: Session,
    verb: str,
    jobs: Sequence[str],
    queue: Sequence[str],
    fingerprint: str | None,
    *,
    is_all: bool,
) -> list[JobId]:
    if bool(jobs) + bool(queue or fingerprint) + is_all != 1:
        raise UsageProblem(
            f"say which dead jobs to {verb}: ids, --fingerprint or --queue, or --all"
        )
    store = session.read_store()
    if jobs:
        return existing_ids(store, parse_ids(jobs), words=jobs)
    ids = list(store.dead.ids(_filter(queue, fingerprint)))
    if not ids:
        raise CommandError(f"no dead job matches; nothing to {verb}", code=Exit.NOT_FOUND)
    return ids


def _are_single(jobs: Sequence[str] | None) -> bool:
    return bool(jobs) and not any("-" in word for word in jobs or ())


def _rate(text: str) -> Rate:
    try:
        return Rate.parse(text)
    except ValueError as error:
        raise UsageProblem(f"--rate {text!r}: {error}") from error


def _print_groups(session: Session, groups: Sequence[DeadGroup]) -> None:
    if session.json:
        for group in groups:
            session.terminal.document(_document(group))
        return
    if not groups:
        session.terminal.say("no dead jobs")
        return
    now_ms = session.open_store().reader.now_ms()
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


def _document(group: DeadGroup) -> dict[str, object]:
    return {
        "fingerprint": group.fingerprint,
        "error": group.error,
        "count": group.count,
        "first_seen": instant(group.first_seen),
        "last_seen": instant(group.last_seen),
        "ids": list(group.ids),
    }
