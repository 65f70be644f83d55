"""`queuectl worker start`: a worker in the foreground, in the background, or on the newest code."""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from queuectl import early
from queuectl.background import options_again, start_in_background
from queuectl.exits import CommandError, UsageProblem
from queuectl.exporting import Place, check_place, exporting, token_of_a_worker
from queuectl.loading import load_app
from queuectl.moments import parse_span
from queuectl.reloading import Reloader
from queuectl.rules import parse_memory
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl.workerlog import worker_log
from queuectl_worker import (
    OnNews,
    Queue,
    Recycling,
    TaskError,
    TaskSide,
    Tracing,
    UnknownPlugin,
    Worker,
    supervise,
)
from queuectl_worker.fitting import ExecutorFactory, Kind
from queuectl_worker.plugins import load_executor, load_listeners


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
    reload: Annotated[
        bool,
        typer.Option(
            "--reload", help="Start again whenever a Python file below this folder changes."
        ),
    ] = False,
    grace: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="How long jobs may go on when it stops: 90 (seconds), 30s, 10m. [setting: grace]",
        ),
    ] = None,
    log_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="lines (for people), or log records as text or json. [setting: log_format]",
        ),
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, metavar="PORT", help="Serve /metrics at this port while it runs."
        ),
    ] = None,
    metrics_host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="At this address; the token is in QUEUECTL_METRICS_TOKEN."
        ),
    ] = "127.0.0.1",
    metrics_public: Annotated[
        bool, typer.Option("--metrics-public", help="Serve it to callers without a token.")
    ] = False,
    metrics_allow_plain: Annotated[
        bool,
        typer.Option(
            "--metrics-allow-plain", help="Let the token come in clear text over a network."
        ),
    ] = False,
    metrics_allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name by which it is scraped; repeatable."),
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
      queuectl worker start --app shop.jobs:queue --reload --grace 1s
      queuectl worker start --log-format json

    The first Ctrl-C or SIGTERM lets jobs finish within --grace and gives the others back, the
    second ends them at once. Exit code 0 when drained, 75 when jobs were given back, 78 when
    the store is damaged. With --json: one object an event.
    """
    session: Session = ctx.obj
    grace_s = None if grace is None else parse_span(grace, what="--grace") / 1000
    recycling = _recycling(executor, recycle_runs, recycle_memory, recycle_age)
    if reload:
        is_fit = bool(app_place) and not (detach or burst)
        raise typer.Exit(_reloading(session, options_again(ctx), is_fit=is_fit))
    loaded = None if app_place is None else load_app(app_place)
    tasks = None if loaded is None else _tasks(session, loaded, executor, recycling)
    if detach:
        start_in_background(session, ctx)
        return
    place = Place(metrics_host, metrics_public, metrics_allow_plain, metrics_allow_host or ())
    with _metrics(session, place, metrics_port):
        code = _run(
            session,
            loaded,
            log_format=session.settings(log_format=log_format).typed("log_format"),
            concurrency=concurrency,
            queues=queue or None,
            tasks=tasks,
            burst=burst,
            grace_s=grace_s,
        )
    raise typer.Exit(code)


@contextmanager
def _metrics(session: Session, place: Place, port: int | None) -> Iterator[None]:
    if port is None:
        yield
        return
    check_place(place, prefix="--metrics-")
    token = token_of_a_worker(public=place.public)
    with exporting(session.open_store(), place, port=port, token=token):
        yield


def _run(session: Session, loaded: Queue | None, *, log_format: str, **options: Any) -> int:
    with worker_log(session.terminal, log_format=log_format, events=session.json) as heard:
        on_news, listeners = heard
        worker = Worker(
            session.open_store(),
            settings=session.worker_settings(),
            on_news=on_news,
            listeners=[*listeners, *_listeners(loaded)],
            tracing=_tracing(loaded),
            **options,
        )
        return _supervised(worker)


def _reloading(session: Session, options: Sequence[str], *, is_fit: bool) -> int:
    if not is_fit:
        raise UsageProblem("--reload is for --app, and not for --detach or --burst")
    said = {"--json": session.json, "--quiet": session.terminal.quiet}
    flags = [flag for flag, is_said in said.items() if is_said]
    early.leave_it_to_the_worker()
    command = [sys.executable, "-m", "queuectl", *flags, "worker", "start", *options]
    tell = session.terminal.say
    return Reloader(command, folder=Path.cwd(), tell=lambda text: tell(safe_text(text))).run()


def _supervised(worker: Worker) -> int:
    early.leave_it_to_the_worker()
    # What is loaded by now stays until the end: the collector need not go through it again and
    # again. In a program of one's own that is for that program to say.
    gc.freeze()
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


def _recycling(executor: str, runs: int | None, memory: str | None, age: str | None) -> Recycling:
    recycling = Recycling(
        runs=runs,
        rss=None if memory is None else parse_memory(memory, what="--recycle-memory"),
        age_s=None if age is None else parse_span(age, what="--recycle-age") / 1000,
    )
    if recycling != Recycling() and executor != "process":
        raise UsageProblem("only task processes are recycled; give --executor process")
    return recycling


def _listeners(loaded: Queue | None) -> list[OnNews]:
    own = [] if loaded is None else loaded.middleware.listeners
    return [*own, *load_listeners()]


def _tracing(loaded: Queue | None) -> Tracing | None:
    """Return what follows the runs of commands: the program's own, or OpenTelemetry if it is on.

    It is on where somebody has loaded it by now, as `opentelemetry-instrument` does. Nothing is
    imported otherwise.
    """
    if loaded is not None and loaded.tracing is not None:
        return loaded.tracing
    if "opentelemetry.sdk.trace" not in sys.modules:
        return None
    from queuectl_worker.otel import OpenTelemetry

    return OpenTelemetry()
