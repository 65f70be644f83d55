"""`queuectl worker`: start, list and stop workers."""

from typing import Annotated

import typer

from queuectl.background import start_in_background
from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.live import live_lines, logged_problems
from queuectl.loading import load_app
from queuectl.moments import parse_span, short_span
from queuectl.render import Cell, Column, Row, print_table
from queuectl.rules import parse_memory
from queuectl.selection import parse_id
from queuectl.session import Session
from queuectl_store import Worker as StoredWorker
from queuectl_store import WorkerId, instant
from queuectl_worker import (
    OnNews,
    Queue,
    Recycling,
    TaskError,
    TaskSide,
    UnknownPlugin,
    Worker,
    supervise,
)
from queuectl_worker.fitting import ExecutorFactory, Kind
from queuectl_worker.news import ignore
from queuectl_worker.plugins import load_executor, load_listeners

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Start, list and stop workers, on all hosts."
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


@app.command("start")
def start(
    ctx: typer.Context,
    *,
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--concurrency",
            "--count",
            min=1,
            metavar="N",
            help="Jobs at a time. [setting: concurrency]",
        ),
    ] = None,
    queue: Annotated[
        list[str] | None, typer.Option(metavar="QUEUE", help="Only jobs of this queue; repeatable.")
    ] = None,
    app_place: Annotated[
        str | None,
        typer.Option(
            "--app",
            metavar="MODULE:NAME",
            help="Run the tasks of this queue of your program too; its store is used.",
        ),
    ] = None,
    executor: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="What runs tasks: thread, process (which can be killed), or one of a package's.",
        ),
    ] = "thread",
    recycle_runs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Replace a task process after N runs; with --executor process."
        ),
    ] = None,
    recycle_memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Replace one that has grown to so much: 500M, 2G."),
    ] = None,
    recycle_age: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Replace one that is so old: 30m, 2h."),
    ] = None,
    burst: Annotated[
        bool, typer.Option("--burst", help="End when nothing is left to run or to retry.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Go on in the background; print the worker's id.")
    ] = False,
    grace: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="How long jobs may go on when it stops: 90 (seconds), 30s, 10m. [setting: grace]",
        ),
    ] = None,
) -> None:
    """Run jobs until stopped.

    \b
    Examples:
      queuectl worker start
      queuectl worker start --concurrency 8 --queue video --queue audio
      queuectl worker start --burst
      queuectl worker start --detach
      queuectl worker start --app shop.jobs:queue --executor process --concurrency 8

    The first Ctrl-C or SIGTERM lets jobs finish within --grace and gives the others back, the
    second ends them at once. Exit code 0 when drained, 75 when jobs were given back, 78 when
    the store is damaged. With --json: one object an event.
    """
    session: Session = ctx.obj
    grace_s = None if grace is None else parse_span(grace, what="--grace") / 1000
    recycling = _recycling(recycle_runs, recycle_memory, recycle_age)
    if recycling != Recycling() and executor != "process":
        raise UsageProblem("only task processes are recycled; give --executor process")
    loaded = None if app_place is None else load_app(app_place)
    tasks = None if loaded is None else _tasks(session, loaded, executor, recycling)
    if detach:
        start_in_background(session, ctx)
        return
    store, terminal = session.open_store(), session.terminal
    with logged_problems(terminal), live_lines(terminal, as_json=session.json) as tell:
        worker = Worker(
            store,
            concurrency=concurrency,
            queues=queue or None,
            tasks=tasks,
            burst=burst,
            grace_s=grace_s,
            settings=session.worker_settings(),
            on_news=ignore if terminal.quiet and not session.json else tell,
            listeners=_listeners(loaded),
        )
        code = _supervised(worker)
    raise typer.Exit(code)


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
    reader = session.read_store().reader
    workers = reader.workers(all=all_)
    if session.json:
        for worker in workers:
            session.terminal.document(_document(worker))
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
    ids = [WorkerId(parse_id(word)) for word in workers] if workers else None
    asked = session.read_store().admin.stop_workers(ids, now=now)
    missed = [] if ids is None else sorted(set(ids) - set(asked))
    if not asked:
        which = f"no worker {missed[0]} runs" if missed else "no worker runs"
        raise CommandError(f"{which}; `queuectl worker list` shows them", code=Exit.NOT_FOUND)
    if session.json:
        session.terminal.document({"asked": asked})
        return
    for worker_id in asked:
        session.terminal.line(str(worker_id))
    for worker_id in missed:
        session.terminal.say(f"queuectl: no worker {worker_id} runs")
    session.terminal.say(f"asked {len(asked)} to stop; `queuectl worker list` shows them")


def _supervised(worker: Worker) -> int:
    try:
        return supervise(worker)
    except TaskError as error:
        raise CommandError(str(error)) from error


def _tasks(session: Session, loaded: Queue, executor: str, recycling: Recycling) -> TaskSide:
    side = TaskSide(tasks=loaded.tasks, executor=_kind(executor), recycling=recycling)
    session.adopt(loaded.store)
    return side


def _kind(executor: str) -> Kind | ExecutorFactory:
    match executor:
        case "thread":
            return "thread"
        case "process":
            return "process"
    try:
        return load_executor(executor)
    except UnknownPlugin as error:
        kinds = "--executor is thread, process or one of an installed package"
        raise UsageProblem(f"{kinds}: {error}") from error


def _recycling(runs: int | None, memory: str | None, age: str | None) -> Recycling:
    return Recycling(
        runs=runs,
        rss=None if memory is None else parse_memory(memory, what="--recycle-memory"),
        age_s=None if age is None else parse_span(age, what="--recycle-age") / 1000,
    )


def _listeners(loaded: Queue | None) -> list[OnNews]:
    own = [] if loaded is None else loaded.middleware.listeners
    return [*own, *load_listeners()]


def _row(worker: StoredWorker, now_ms: int) -> list[Cell]:
    style = {"running": "green", "stopping": "yellow", "gone": "red"}.get(worker.state, "dim")
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


def _document(worker: StoredWorker) -> dict[str, object]:
    return {
        "id": worker.id,
        "state": worker.state,
        "host": worker.host,
        "pid": worker.pid,
        "concurrency": worker.concurrency,
        "running": worker.running,
        "queues": list(worker.queues) if worker.queues is not None else None,
        "version": worker.version,
        "started_at": instant(worker.started_at),
        "seen_at": instant(worker.seen_at),
        "alive": worker.alive,
    }
