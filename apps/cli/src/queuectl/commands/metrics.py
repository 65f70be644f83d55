"""`queuectl metrics`: how fast jobs end, wait and run; and what Prometheus and Grafana need."""

import ipaddress
import shutil
import sys
import threading
import time
from typing import Annotated

import typer

from queuectl.commands import monitoring
from queuectl.exits import UsageProblem
from queuectl.exporting import Place, check_place, exporting, known_token, made_token
from queuectl.numbers import SPANS, as_csv, document, lines, table
from queuectl.render import aligned_lines, print_aligned
from queuectl.session import Session
from queuectl_metrics.address import PORT
from queuectl_store import Counts

_EACH_S = 2.0

app = typer.Typer(add_completion=False, rich_markup_mode=None)
app.command("rules")(monitoring.rules)
app.command("grafana")(monitoring.grafana)


@app.callback(invoke_without_command=True)
def metrics(
    ctx: typer.Context,
    *,
    over: Annotated[
        str, typer.Option(metavar="5m|1h|24h", help="How far back; for people.")
    ] = "1h",
    as_table: Annotated[
        bool, typer.Option("--csv", help="Print a table for a spreadsheet, with every stretch.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Show it in place, until Ctrl-C.")
    ] = False,
) -> None:
    """Show how many attempts ended, how long jobs waited and ran, by queue and by task.

    \b
    Examples:
      queuectl metrics
      queuectl metrics --over 5m --watch
      queuectl metrics --csv > metrics.csv
      queuectl metrics serve --port 9809

    Waits are from when a job was pending, or due, to its start. p50, p95 and p99 are what so many
    in a hundred did not exceed, as near as the buckets tell (docs/metrics.md). With --json: an
    object a line for the store, each queue and each task, in the last 5 m, 1 h and 24 h.
    """
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    if over not in SPANS:
        raise UsageProblem(f"--over is {', '.join(SPANS)}, not {over!r}")
    store, terminal = session.look(), session.terminal
    if watch:
        _watch(session, over)
    elif as_table:
        sys.stdout.write(as_csv(lines(store, over=list(SPANS))))
    elif session.json:
        for line in lines(store, over=list(SPANS)):
            terminal.document(document(line))
    else:
        found = lines(store, over=[over])
        if all(line.summary.counts == Counts() for line in found):
            terminal.say(f"Nothing happened in the last {over}.")
            return
        print_aligned(terminal, *table(found, sparks=_has_blocks()))


@app.command("serve")
def serve(
    ctx: typer.Context,
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65_535, metavar="PORT", help="Port to listen on; 0 takes a free one."
        ),
    ] = PORT,
    public: Annotated[
        bool, typer.Option("--public", help="Serve everybody who can reach it, without a token.")
    ] = False,
    allow_plain: Annotated[
        bool,
        typer.Option("--allow-plain", help="Let the token come in clear text over a network."),
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name by which it is scraped; repeatable."),
    ] = None,
) -> None:
    """Serve /metrics for Prometheus until Ctrl-C.

    \b
    Examples:
      QUEUECTL_METRICS_TOKEN=… queuectl metrics serve
      QUEUECTL_METRICS_TOKEN_FILE=/etc/prometheus/queuectl-token queuectl metrics serve
      queuectl metrics serve --host 0.0.0.0 --allow-plain --allow-host queue.lan
      queuectl metrics serve --host 0.0.0.0 --public

    Callers send `Authorization: Bearer TOKEN`; the token is QUEUECTL_METRICS_TOKEN where that is
    set, or in the file that QUEUECTL_METRICS_TOKEN_FILE names, else a new one that is printed. One
    of these tells of all workers of the store, on whatever host. It speaks plain HTTP, and answers
    those who reach it by an address, as localhost, by this computer's name or a name allowed here.
    With --json: url, token (null with --public).
    """
    session: Session = ctx.obj
    place = Place(host, public, allow_plain, allow_host or ())
    check_place(place)
    known = None if public else known_token()
    token = None if public else known or made_token()
    with exporting(session.read_store(), place, port=port, token=token) as bound:
        _announce(session, host, bound, token, is_known=known is not None)
        threading.Event().wait()


def _announce(session: Session, host: str, port: int, token: str | None, *, is_known: bool) -> None:
    url = f"http://{f'[{host}]' if _is_v6(host) else host}:{port}/metrics"
    if session.json:
        session.terminal.document({"url": url, "token": token})
    else:
        session.terminal.line(f"Metrics: {url}")
        if token is not None:
            told = "as the environment says" if is_known else token
            session.terminal.line(f"Token: {told}")
    session.terminal.flush()


def _watch(session: Session, over: str) -> None:
    terminal = session.terminal
    if session.json or not terminal.is_live:
        raise UsageProblem("--watch needs a terminal; `queuectl metrics --json` is for programs")
    height = 0
    while True:
        columns, rows = table(lines(session.look(), over=[over]), sparks=_has_blocks())
        shown = aligned_lines(terminal, columns, rows) if rows else ["nothing happened yet"]
        shown = shown[: max(1, shutil.get_terminal_size().lines - 1)]
        terminal.redraw(shown, over=height)
        height = len(shown)
        time.sleep(_EACH_S)


def _has_blocks() -> bool:
    try:
        "▁█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
