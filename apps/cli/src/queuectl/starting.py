"""What `queuectl worker start` does, which takes all that runs jobs."""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from queuectl import early
from queuectl.exits import CommandError, UsageProblem
from queuectl.exporting import Place, check_place, exporting, token_of_a_worker
from queuectl.moments import parse_span
from queuectl.reloading import Reloader
from queuectl.rules import parse_memory
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl.workerlog import worker_log
from queuectl_worker import (
    OnNews,
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

if TYPE_CHECKING:
    # It is for programs' tasks, and who runs commands does not wait for it.
    from queuectl_worker import Queue

__all__ = ["Place", "load", "recycling", "reloading", "run"]


def run(
    session: Session,
    loaded: "Queue | None",
    *,
    metrics: tuple[Place, int | None],
    log_format: str,
    **options: Any,
) -> int:
    """Run a worker until it ends; return the exit code.

    Args:
        metrics: Where `/metrics` is served meanwhile, and the port; None is nowhere.
        options: Of `Worker`.
    """
    with (
        _metrics(session, *metrics),
        worker_log(session.terminal, log_format=log_format, events=session.json) as heard,
    ):
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


@contextmanager
def _metrics(session: Session, place: Place, port: int | None) -> Iterator[None]:
    if port is None:
        yield
        return
    check_place(place, prefix="--metrics-")
    token = token_of_a_worker(public=place.public)
    with exporting(session.open_store(), place, port=port, token=token):
        yield


def reloading(session: Session, options: Sequence[str], *, is_fit: bool) -> int:
    """Run the same command below this one, again whenever code changes; return its exit code."""
    if not is_fit:
        raise UsageProblem("--reload is for --app, and not for --detach or --burst")
    said = {"--json": session.json, "--quiet": session.terminal.quiet}
    flags = [flag for flag, is_said in said.items() if is_said]
    command = [sys.executable, "-m", "queuectl", *flags, "worker", "start", *options]
    tell = session.terminal.say
    return Reloader(command, folder=Path.cwd(), tell=lambda text: tell(safe_text(text))).run()


def _supervised(worker: Worker) -> int:
    # What is loaded by now stays until the end: the collector need not go through it again and
    # again. In a program of one's own that is for that program to say.
    gc.freeze()
    try:
        return supervise(worker, on_heeding=early.leave_it_to_the_worker)
    except TaskError as error:
        raise CommandError(str(error)) from error
    finally:
        gc.unfreeze()  # for a program that runs commands in itself, as tests do


def load(
    session: Session, place: str | None, executor: str, recycled: Recycling
) -> tuple["Queue | None", TaskSide | None]:
    """Return the queue that `--app` names, and what runs its tasks; its store is the command's."""
    if place is None:
        return None, None
    from queuectl.loading import load_app

    loaded = load_app(place)
    side = TaskSide(tasks=loaded.tasks, executor=_kind(executor), recycling=recycled)
    session.adopt(loaded.store)
    return loaded, side


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


def recycling(executor: str, runs: int | None, memory: str | None, age: str | None) -> Recycling:
    """Return when a task process is replaced, from what was typed."""
    asked = Recycling(
        runs=runs,
        rss=None if memory is None else parse_memory(memory, what="--recycle-memory"),
        age_s=None if age is None else parse_span(age, what="--recycle-age") / 1000,
    )
    if asked != Recycling() and executor != "process":
        raise UsageProblem("only task processes are recycled; give --executor process")
    return asked


def _listeners(loaded: "Queue | None") -> list[OnNews]:
    own = [] if loaded is None else loaded.middleware.listeners
    return [*own, *load_listeners()]


def _tracing(loaded: "Queue | None") -> Tracing | None:
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
