"""`queuectl worker`: start, list, quiet and stop workers."""

from types import MappingProxyType
from typing import Annotated

import typer

from queuectl.catalogue import Entry
from queuectl.exits import CommandError, Exit
from queuectl.lazy import PartlyLazyGroup
from queuectl.moments import short_span
from queuectl.render import Cell, Column, Row, print_table
from queuectl.selection import parse_id
from queuectl.session import Session
from queuectl_store import Worker as StoredWorker
from queuectl_store import WorkerId, worker_document


class _WorkerGroup(PartlyLazyGroup):
    # Most of a start is what runs jobs; who looks at workers does not wait for it.
    later = MappingProxyType(
        {"start": Entry("queuectl.commands.worker_start:start", "Run jobs until stopped.")}
    )


app = typer.Typer(
    cls=_WorkerGroup,
    add_completion=False,
    rich_markup_mode=None,
    help="Start, list and stop workers, on all hosts.",
)


_COLUMNS = (
    Column(title="ID", right=True),
    Column(title="STATE"),
    Column(title="HOST"),
    Column(title="PID", right=True),
    Column(title="BUSY", right=True),
    Column(title="QUEUES", flexible=True),
    Column(title="AGE", right=True),
    Column(title="SEEN"),
)


@app.command("list")
def list_workers(
    ctx: typer.Context,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Also those that stopped or vanished.")
    ] = False,
) -> None:
    """List the workers on all hosts.

    \b
    Examples:
      queuectl worker list
      queuectl worker list --all --json

    With --json, one object a line: id, state, host, pid, concurrency, running, queues, version,
    started_at, seen_at, alive.
    """
    session: Session = ctx.obj
    reader = session.look().reader
    workers = reader.workers(all=all_)
    if session.json:
        for worker in workers:
            session.terminal.document(worker_document(worker))
    elif workers:
        now_ms = reader.now_ms()
        rows: list[Row] = [_row(worker, now_ms) for worker in workers]
        print_table(session.terminal, _COLUMNS, rows)
    else:
        session.terminal.say("no worker runs; `queuectl worker start` starts one")


@app.command("stop")
def stop(
    ctx: typer.Context,
    *,
    workers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Workers' ids; none means all of them."),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="End running jobs at once and give them back.")
    ] = False,
) -> None:
    """Ask workers to stop, on whatever host they run.

    \b
    Examples:
      queuectl worker stop
      queuectl worker stop 3 --now

    They let their jobs finish within their grace. The request goes through the store, so it
    works on Windows and across hosts. Exit code 3 when no worker was there to ask. With --json:
    asked.
    """
    session: Session = ctx.obj
    ids = _ids(workers)
    asked = session.read_store().admin.stop_workers(ids, now=now)
    _tell_asked(session, asked, ids, what="to stop")


@app.command("quiet")
def quiet(
    ctx: typer.Context,
    *,
    workers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Workers' ids; none means all of them."),
    ] = None,
) -> None:
    """Ask workers to take no more jobs, and to go on with those that they run.

    \b
    Examples:
      queuectl worker quiet
      queuectl worker quiet 3 && queuectl worker list

    Ahead of a deploy or a reboot: they live on, however long their jobs take, until they are
    stopped (`queuectl worker stop`); others take what waits. Exit code 3 when no worker was there
    to ask. With --json: asked.
    """
    session: Session = ctx.obj
    ids = _ids(workers)
    _tell_asked(session, session.read_store().admin.quiet_workers(ids), ids, what="to be quiet")


def _ids(words: list[str] | None) -> list[WorkerId] | None:
    return [WorkerId(parse_id(word)) for word in words] if words else None


def _tell_asked(
    session: Session, asked: list[WorkerId], ids: list[WorkerId] | None, *, what: str
) -> None:
    missed = [] if ids is None else sorted(set(ids) - set(asked))
    if not asked:
        which = f"no worker {missed[0]} is there to ask" if missed else "no worker is there to ask"
        raise CommandError(f"{which}; `queuectl worker list` shows them", code=Exit.NOT_FOUND)
    if session.json:
        session.terminal.document({"asked": asked})
        return
    for worker_id in asked:
        session.terminal.line(str(worker_id))
    for worker_id in missed:
        session.terminal.say(f"queuectl: no worker {worker_id} is there to ask")
    session.terminal.say(f"asked {len(asked)} {what}; `queuectl worker list` shows them")


def _row(worker: StoredWorker, now_ms: int) -> list[Cell]:
    style = {"running": "green", "quiet": "yellow", "stopping": "yellow", "gone": "red"}.get(
        worker.state, "dim"
    )
    return [
        Cell(text=str(worker.id)),
        Cell(text=worker.state, style=style),
        Cell(text=worker.host),
        Cell(text=str(worker.pid)),
        Cell(text=f"{worker.running}/{worker.concurrency}"),
        Cell(text=", ".join(worker.queues) if worker.queues else "all"),
        Cell(text=short_span(now_ms - worker.started_at)),
        Cell(text=f"{short_span(now_ms - worker.seen_at)} ago", style="dim"),
    ]
