"""`queuectl rm`: delete ended jobs, by id, range or filter."""

import typer

from queuectl.acting import Action, Choice, DryRun, Groups, Ids, Queues, States, Yes, act
from queuectl.removal import with_output
from queuectl.session import Session
from queuectl_store import FINAL


def rm(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    state: States = None,
    queue: Queues = None,
    group: Groups = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
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
        move=lambda admin, ids: with_output(session, admin.remove(ids)),
    )
    choice = Choice(
        ids=jobs or (),
        states=state or (),
        queues=queue or (),
        group=group,
        is_dry=dry_run,
        is_sure=yes,
    )
    act(session, action, choice)
