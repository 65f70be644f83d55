"""`queuectl queue`: queues, their limits, pause and drain."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from queuectl.exits import UsageProblem
from queuectl.moments import short_span
from queuectl.render import Cell, Column, print_table
from queuectl.session import Session
from queuectl_store import (
    KEEP,
    Keep,
    Queue,
    QueueLimits,
    QueueState,
    Rate,
    limits_document,
    queue_document,
)

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Store

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""Queues: their limits, pause, drain.

A limit holds across all workers of the store, from the next claim on.""",
)

_STYLES = {QueueState.ACTIVE: "green", QueueState.PAUSED: "yellow", QueueState.DRAINING: "magenta"}
_COLUMNS = (
    Column(title="QUEUE", flexible=True),
    Column(title="STATE"),
    Column(title="RUNNING", right=True),
    Column(title="PENDING", right=True),
    Column(title="PARKED", right=True),
    Column(title="OLDEST", right=True),
    Column(title="LIMITS", flexible=True),
)
Name = Annotated[str, typer.Argument(metavar="QUEUE", help="The queue's name.")]


@app.command("list")
def list_queues(ctx: typer.Context) -> None:
    """List the queues that have jobs or limits.

    \b
    Examples:
      queuectl queue list
      queuectl queue list --json | jq 'select(.state == "paused") | .name'

    Pending jobs that wait for a limit of their own (a key, a group, a resource) are counted as
    parked too. With --json, one queue a line.
    """
    session: Session = ctx.obj
    queues = session.look().reader.queues()
    if session.json:
        for queue in queues:
            session.terminal.document(queue_document(queue))
        return
    if not queues:
        session.terminal.say("no queues")
    print_table(session.terminal, _COLUMNS, [_row(queue) for queue in queues])


Rule = Annotated[
    str | None,
    typer.Option(metavar="VALUE|default", help="For its jobs, in place of the setting."),
]


@app.command("set")
def set_queue(
    ctx: typer.Context,
    *,
    queue: Name,
    concurrency: Annotated[
        str | None,
        typer.Option(metavar="N|none", help="Jobs of it that run at once, on all workers."),
    ] = None,
    rate: Annotated[
        str | None, typer.Option(metavar="N/TIME|none", help="Starts: 10/m, 5/s, 100/1h.")
    ] = None,
    burst: Annotated[
        int, typer.Option(min=1, metavar="B", help="With --rate: how many may start at once.")
    ] = 1,
    key_concurrency: Annotated[
        str | None,
        typer.Option(metavar="N|none", help="Jobs of one concurrency key that run at once. [1]"),
    ] = None,
    key_rate: Annotated[
        str | None, typer.Option(metavar="N/TIME|none", help="Starts of the jobs of one key.")
    ] = None,
    key_burst: Annotated[
        int, typer.Option(min=1, metavar="B", help="With --key-rate: how many at once.")
    ] = 1,
    max_retries: Rule = None,
    timeout: Rule = None,
    backoff_base: Rule = None,
    backoff_max: Rule = None,
    keep_succeeded: Rule = None,
    keep_cancelled: Rule = None,
    keep_dead: Rule = None,
    keep_jobs: Rule = None,
    keep_jobs_bytes: Rule = None,
) -> None:
    """Set limits, retry rules and retention of a queue; what is not named stays as it is.

    For a limit, none takes it away; for a rule, default gives it back to the settings.

    \b
    Examples:
      queuectl queue set mail --concurrency 4 --rate 10/m
      queuectl queue set api --key-concurrency 2 --key-rate 5/s --key-burst 10
      queuectl queue set mail --rate none
      queuectl queue set mail --max-retries 10 --backoff-max 1h --timeout 30s
      queuectl queue set mail --keep-succeeded 1h --keep-jobs-bytes 500M

    max_retries and timeout hold for jobs enqueued from then on. With --json: the queue, its limits
    and settings.
    """
    session: Session = ctx.obj
    if (burst > 1 and rate in (None, "none")) or (key_burst > 1 and key_rate in (None, "none")):
        raise UsageProblem("a burst belongs to a rate; give both")
    wanted: dict[str, Any] = {
        "concurrency": _count(concurrency, "--concurrency"),
        "key_concurrency": _count(key_concurrency, "--key-concurrency"),
        "rate": _rate(rate, burst, "--rate"),
        "key_rate": _rate(key_rate, key_burst, "--key-rate"),
    }
    rules = {
        "max_retries": max_retries,
        "timeout": timeout,
        "backoff_base": backoff_base,
        "backoff_max": backoff_max,
        "keep_succeeded": keep_succeeded,
        "keep_cancelled": keep_cancelled,
        "keep_dead": keep_dead,
        "keep_jobs": keep_jobs,
        "keep_jobs_bytes": keep_jobs_bytes,
    }
    if all(value is KEEP for value in wanted.values()) and not any(rules.values()):
        raise UsageProblem("say what to set; `queuectl queue set --help` shows what there is")
    _set(session, queue, wanted, {name: text for name, text in rules.items() if text is not None})


def _set(session: Session, queue: str, wanted: Mapping[str, Any], rules: Mapping[str, str]) -> None:
    store = session.open_store()
    for name, text in rules.items():
        store.settings.set_for_queue(queue, name, None if text == "default" else text)
    limits = store.admin.set_queue(queue, **wanted)
    own = store.settings.queues().get(queue, {})
    if session.json:
        document = {"name": queue, **limits_document(limits), "settings": own}
        session.terminal.document(document)
        return
    told = [_told(limits), ", ".join(f"{name} {text}" for name, text in sorted(own.items()))]
    session.terminal.say(f"{queue}: {', '.join(filter(None, told)) or 'no limits'}")


@app.command("pause")
def pause(ctx: typer.Context, *, queue: Name) -> None:
    """Start nothing more of a queue; what runs goes on.

    \b
    Examples:
      queuectl queue pause mail
      queuectl queue pause mail && queuectl wait --queue mail --state running

    With --json: name, state.
    """
    _move(ctx.obj, queue, QueueState.PAUSED, lambda store: store.admin.pause(queue))


@app.command("resume")
def resume(ctx: typer.Context, *, queue: Name) -> None:
    """Let a queue that was paused or drained take and start jobs again.

    \b
    Examples:
      queuectl queue resume mail
      queuectl queue resume mail --json

    With --json: name, state.
    """
    _move(ctx.obj, queue, QueueState.ACTIVE, lambda store: store.admin.resume(queue))


@app.command("drain")
def drain(ctx: typer.Context, *, queue: Name) -> None:
    """Refuse new jobs for a queue, and let those that it has come to their end.

    \b
    Examples:
      queuectl queue drain mail
      queuectl queue drain mail && queuectl wait --queue mail --state pending,running

    `queuectl enqueue` is refused with exit code 4 until `queuectl queue resume`. With --json:
    name, state.
    """
    _move(ctx.obj, queue, QueueState.DRAINING, lambda store: store.admin.drain(queue))


def _move(
    session: Session, queue: str, state: QueueState, change: Callable[["Store"], None]
) -> None:
    change(session.open_store())
    if session.json:
        session.terminal.document({"name": queue, "state": state.value})
        return
    session.terminal.say(f"{queue} is {state.value}")


def _count(text: str | None, option: str) -> int | Keep | None:
    if text is None:
        return KEEP
    if text.lower() == "none":
        return None
    try:
        return int(text)
    except ValueError as error:
        raise UsageProblem(f"{option} takes a whole number or none, got {text!r}") from error


def _rate(text: str | None, burst: int, option: str) -> Rate | Keep | None:
    if text is None:
        return KEEP
    if text.lower() == "none":
        return None
    try:
        return Rate.parse(text, burst=burst)
    except ValueError as error:
        raise UsageProblem(f"{option} {text!r}: {error}") from error


def _row(queue: Queue) -> list[Cell]:
    counts, oldest = queue.counts, queue.oldest_pending_ms
    return [
        Cell(text=queue.name),
        Cell(text=queue.state.value, style=_STYLES[queue.state]),
        Cell(text=str(queue.running)),
        Cell(text=str(sum(n for state, n in counts.items() if state.value == "pending"))),
        Cell(text=str(queue.parked)),
        Cell(text="" if oldest is None else short_span(oldest)),
        Cell(text=_told(queue.limits), style="dim"),
    ]


def _told(limits: QueueLimits) -> str:
    parts = {
        "concurrency": limits.concurrency,
        "rate": _rate_text(limits.rate),
        "key-concurrency": limits.key_concurrency,
        "key-rate": _rate_text(limits.key_rate),
    }
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)


def _rate_text(rate: Rate | None) -> str | None:
    if rate is None:
        return None
    return str(rate) if rate.burst == 1 else f"{rate} burst {rate.burst}"
