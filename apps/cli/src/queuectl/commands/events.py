"""`queuectl events`: what happened, change of state by change of state, and what happens."""

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from queuectl.jobs import STATE_STYLES
from queuectl.moments import local_time
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl_store import Cursor, Event, Look, Page, event_document, instant

_PAGE = 1_000
_MANY = 1_000_000
# Under the wake-ups, which may get lost, and which an end of a job does not always cause.
_LOOK_S = 0.2


def events(
    ctx: typer.Context,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as things happen, until Ctrl-C.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="CURSOR", help="All events after this cursor; `start` is the oldest."),
    ] = None,
    tail: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Without --since: begin with the last N events."),
    ] = 50,
) -> None:
    """Print the event log: every change of a job's state, in order, each exactly once.

    \b
    Examples:
      queuectl events
      queuectl events -f
      queuectl events --since start --json | jq -r .verb
      queuectl events -f --json --since 0.4711

    A pipe gets tab-separated rows: time, job, verb, state, attempt, worker, note. With --json,
    one event a line; its cursor, given to --since, goes on right after it. Events are kept as
    long as the setting keep_events says.
    """
    session: Session = ctx.obj
    store = session.look()
    page = _first(store, since, tail)
    _print(session, page)
    if since is not None:
        for more in _pages_after(store, page):
            _print(session, more)
            page = more
    if follow:
        with closing(store.listen()) as listener:
            while True:
                session.terminal.flush()
                page = store.reader.feed(page.cursor, limit=_PAGE)
                _print(session, page)
                if not page.events:
                    listener.wait(_LOOK_S)


def _first(store: Look, since: str | None, tail: int) -> Page:
    if since is None:
        return store.reader.newest_events(min(tail, _MANY))
    return store.reader.feed(None if since == "start" else Cursor(since), limit=_PAGE)


def _pages_after(store: Look, page: Page) -> Iterator[Page]:
    while page.events:
        page = store.reader.feed(page.cursor, limit=_PAGE)
        if page.events:
            yield page


def _print(session: Session, page: Page) -> None:
    if page.is_pruned:
        session.terminal.say(
            "queuectl: events after that cursor were pruned unread; these are the ones that are"
            " left (setting keep_events)"
        )
    for event, cursor in zip(page.events, page.cursors, strict=True):
        if session.json:
            session.terminal.document({"cursor": cursor, **event_document(event)})
        else:
            session.terminal.line(_line(session, event))


def _line(session: Session, event: Event) -> str:
    note, worker = safe_text(event.note or ""), event.worker_id
    if not session.terminal.is_screen:
        facts = (instant(event.at), event.job_id, event.verb, event.state, event.attempt)
        return "\t".join([*map(str, facts), str(worker or ""), note])
    state = session.terminal.paint(f"{event.state:<10}", STATE_STYLES.get(event.state))
    run = f"  worker {worker}" if worker else ""
    at = session.terminal.paint(f"{local_time(event.at):%H:%M:%S}", "dim")
    return f"{at}  {event.job_id:>6}  {event.verb:<9} {state}{run}{'  ' + note if note else ''}"
