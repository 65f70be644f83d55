"""`queuectl cancel`, `retry`, `rerun`, `hold`, `release`: act on jobs by id, range or filter."""

import typer

from queuectl.acting import Action, Choice, DryRun, Groups, Ids, Queues, States, Yes, act
from queuectl_store import FINAL, TRANSITIONS, WAITING, JobState, Verb

_CANCEL = Action(
    verb="cancel",
    done="cancelled",
    states=WAITING | {JobState.RUNNING},
    move=lambda admin, ids: admin.cancel(ids),
)
RETRY = Action(
    verb="retry",
    done="retried",
    states=TRANSITIONS[Verb.RETRY].sources,
    move=lambda admin, ids: admin.retry(ids),
)
_RERUN = Action(
    verb="rerun", done="queued again", states=FINAL, move=lambda admin, ids: admin.rerun(ids)
)
_HOLD = Action(
    verb="hold",
    done="held",
    states=TRANSITIONS[Verb.HOLD].sources,
    move=lambda admin, ids: admin.hold(ids),
)
_RELEASE = Action(
    verb="release",
    done="released",
    states=TRANSITIONS[Verb.RELEASE].sources,
    move=lambda admin, ids: admin.release(ids),
)


def cancel(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    state: States = None,
    queue: Queues = None,
    group: Groups = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Stop jobs: waiting ones never start, running ones are stopped with all their processes.

    \b
    Examples:
      queuectl cancel 12
      queuectl cancel 5-9 14
      queuectl cancel --queue mail --dry-run
      queuectl cancel --group nightly

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx.obj, _CANCEL, _choice(jobs, state, queue, group, is_dry=dry_run, is_sure=yes))


def retry(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    state: States = None,
    queue: Queues = None,
    group: Groups = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Try dead jobs again with a full new allowance, or retrying ones now.

    \b
    Examples:
      queuectl retry 12
      queuectl retry --state dead --queue mail
      queuectl retry 5-9 --json

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx.obj, RETRY, _choice(jobs, state, queue, group, is_dry=dry_run, is_sure=yes))


def rerun(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    state: States = None,
    queue: Queues = None,
    group: Groups = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Run finished jobs once more: succeeded, dead or cancelled ones.

    \b
    Examples:
      queuectl rerun 12
      queuectl rerun --state succeeded --queue nightly --yes

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx.obj, _RERUN, _choice(jobs, state, queue, group, is_dry=dry_run, is_sure=yes))


def hold(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    state: States = None,
    queue: Queues = None,
    group: Groups = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Keep waiting jobs from starting until they are released.

    \b
    Examples:
      queuectl hold 12
      queuectl hold --queue reports

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx.obj, _HOLD, _choice(jobs, state, queue, group, is_dry=dry_run, is_sure=yes))


def release(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    state: States = None,
    queue: Queues = None,
    group: Groups = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Let held jobs start.

    \b
    Examples:
      queuectl release 12
      queuectl release --state held --yes

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx.obj, _RELEASE, _choice(jobs, state, queue, group, is_dry=dry_run, is_sure=yes))


def _choice(
    jobs: list[str] | None,
    state: list[str] | None,
    queue: list[str] | None,
    group: str | None,
    *,
    is_dry: bool,
    is_sure: bool,
) -> Choice:
    return Choice(
        ids=jobs or (),
        states=state or (),
        queues=queue or (),
        group=group,
        is_dry=is_dry,
        is_sure=is_sure,
    )
