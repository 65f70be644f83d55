"""`queuectl cancel`, `retry`, `rerun`, `hold`, `release`: act on jobs by id, range or filter."""

import typer

from queuectl.acting import Action, act
from queuectl.choosing import ActCommand, Ids
from queuectl_store import FINAL, TRANSITIONS, WAITING, JobState, Verb

cancel_app = typer.Typer(add_completion=False, rich_markup_mode=None)
retry_app = typer.Typer(add_completion=False, rich_markup_mode=None)
rerun_app = typer.Typer(add_completion=False, rich_markup_mode=None)
hold_app = typer.Typer(add_completion=False, rich_markup_mode=None)
release_app = typer.Typer(add_completion=False, rich_markup_mode=None)

_CANCEL = Action(
    verb="cancel",
    done="cancelled",
    states=WAITING | {JobState.RUNNING},
    move=lambda verbs, ids: verbs.admin.cancel(ids),
)
RETRY = Action(
    verb="retry",
    done="retried",
    states=TRANSITIONS[Verb.RETRY].sources,
    move=lambda verbs, ids: verbs.admin.retry(ids),
)
_RERUN = Action(
    verb="rerun", done="queued again", states=FINAL, move=lambda verbs, ids: verbs.admin.rerun(ids)
)
_HOLD = Action(
    verb="hold",
    done="held",
    states=TRANSITIONS[Verb.HOLD].sources,
    move=lambda verbs, ids: verbs.admin.hold(ids),
)
_RELEASE = Action(
    verb="release",
    done="released",
    states=TRANSITIONS[Verb.RELEASE].sources,
    move=lambda verbs, ids: verbs.admin.release(ids),
)


@cancel_app.command("cancel", cls=ActCommand)
def cancel(ctx: typer.Context, *, jobs: Ids = None) -> None:
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
    act(ctx, _CANCEL, jobs)


@retry_app.command("retry", cls=ActCommand)
def retry(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Try dead jobs again with a full new allowance, or retrying ones now.

    \b
    Examples:
      queuectl retry 12
      queuectl retry --state dead --queue mail
      queuectl retry 5-9 --json

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx, RETRY, jobs)


@rerun_app.command("rerun", cls=ActCommand)
def rerun(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Run finished jobs once more: succeeded, dead or cancelled ones.

    \b
    Examples:
      queuectl rerun 12
      queuectl rerun --state succeeded --queue nightly --yes

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx, _RERUN, jobs)


@hold_app.command("hold", cls=ActCommand)
def hold(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Keep waiting jobs from starting until they are released.

    \b
    Examples:
      queuectl hold 12
      queuectl hold --queue reports

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx, _HOLD, jobs)


@release_app.command("release", cls=ActCommand)
def release(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Let held jobs start.

    \b
    Examples:
      queuectl release 12
      queuectl release --state held --yes

    Exit code 3 or 4 when nothing was touched; what was refused is told per job. With --json:
    done, refused.
    """
    act(ctx, _RELEASE, jobs)
