"""`queuectl top`: a live view of the queue on the whole screen."""

import typer

from queuectl.exits import UsageProblem
from queuectl.jobs import logs_of
from queuectl.session import Session


def top(ctx: typer.Context) -> None:
    """Watch workers, jobs, queues and dead letters live, and act on them by keys.

    \b
    Examples:
      queuectl top
      queuectl --db postgresql://me@localhost/jobs top

    Keys: 1 to 4 jobs, workers, queues, dead letters; arrows or j and k move; / finds; l or Enter
    follows a job's output; r retries, c cancels (after a question), h holds, u releases; q ends.
    CPU is what the processes of a running job use where its worker is on this host; 100% is one
    processor. It works over ssh and in 80x24, and leaves the screen as it was. `queuectl status
    --json` is for programs.
    """
    session: Session = ctx.obj
    terminal = session.terminal
    if session.json or not terminal.is_live or not terminal.can_ask:
        raise UsageProblem("top needs a terminal; `queuectl status` prints one screen")
    store, logs = session.read_store(), logs_of(session)
    # Imported here: it is a whole library for screens, and no other command needs it.
    from queuectl.top.app import TopApp

    TopApp(store, logs).run(mouse=False)
