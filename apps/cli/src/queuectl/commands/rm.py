"""`queuectl rm`: delete ended jobs, by id, range or filter."""

import typer

from queuectl.acting import Action, act
from queuectl.choosing import ActCommand, Ids
from queuectl.removal import drop_output
from queuectl.session import Session
from queuectl_store import FINAL

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("rm", cls=ActCommand)
def rm(ctx: typer.Context, *, jobs: Ids = None) -> None:
    """Delete ended jobs with their attempts, events and output, for good.

    \b
    Examples:
      queuectl rm 12
      queuectl rm 5-9 14
      queuectl rm --state cancelled --queue mail --dry-run
      queuectl rm --group nightly --yes

    Jobs that have not ended are refused (cancel them first), and so are those that an unfinished
    child, group or schedule needs. Exit code 3 or 4 when nothing was touched; what was refused is
    told per job. With --json: done, refused.
    """
    session: Session = ctx.obj
    action = Action(
        verb="remove",
        done="removed",
        states=FINAL,
        move=lambda verbs, ids: verbs.admin.remove(ids),
        after=lambda moved: drop_output(session, moved),
    )
    act(ctx, action, jobs)
