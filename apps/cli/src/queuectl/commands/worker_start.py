"""`queuectl worker start`: a worker in the foreground, in the background, or on the newest code."""

from typing import Annotated

import typer

from queuectl.background import options_again, start_in_background
from queuectl.moments import parse_span
from queuectl.session import Session


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
    # Imported here: most of a start is what runs jobs, and help does not wait for it.
    from queuectl import starting

    session: Session = ctx.obj
    grace_s = None if grace is None else parse_span(grace, what="--grace") / 1000
    recycling = starting.recycling(executor, recycle_runs, recycle_memory, recycle_age)
    if reload:
        is_fit = bool(app_place) and not (detach or burst)
        raise typer.Exit(starting.reloading(session, options_again(ctx), is_fit=is_fit))
    loaded, tasks = starting.load(session, app_place, executor, recycling)
    if detach:
        start_in_background(session, ctx)
        return
    place = (metrics_host, metrics_public, metrics_allow_plain, metrics_allow_host or ())
    code = starting.run(
        session,
        loaded,
        metrics=(starting.Place(*place), metrics_port),
        log_format=session.settings(log_format=log_format).typed("log_format"),
        concurrency=concurrency,
        queues=queue or None,
        tasks=tasks,
        burst=burst,
        grace_s=grace_s,
    )
    raise typer.Exit(code)
