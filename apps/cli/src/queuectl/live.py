"""What a worker does, as lines: for a person one a start and one an end, for a program JSON lines.

The worker tells its news in the loop that moves the jobs, so they are only queued there; a thread
of ours prints them. A reader that does not keep up loses lines, never the worker's time.
"""

import logging
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, assert_never

from queuectl.jobs import STATE_STYLES, title_of
from queuectl.moments import short_span
from queuectl.safe import safe_text
from queuectl.terminal import Terminal
from queuectl_store import TRANSITIONS, Finish, Job, JobState, Retry, Verb, instant, verb_of
from queuectl_store.job import HOOK_QUEUE
from queuectl_worker import (
    JobEnded,
    JobStarted,
    News,
    OnNews,
    ResultRefused,
    WorkerJoined,
    WorkerPaused,
    WorkerQuiet,
    WorkerStopping,
)

_BACKLOG = 10_000
_LONGEST = 200
_PLAIN_RECORD = frozenset(vars(logging.makeLogRecord({})))


@contextmanager
def live_lines(terminal: Terminal, *, as_json: bool) -> Iterator[OnNews]:
    """Print the news that the yielded function is given, until the block ends."""
    backlog: queue.Queue[News | None] = queue.Queue(_BACKLOG)
    skipped = threading.Event()

    def take(news: News) -> None:
        try:
            backlog.put_nowait(news)
        except queue.Full:
            skipped.set()

    def print_all() -> None:
        while (news := backlog.get()) is not None:
            _print(terminal, news, as_json=as_json)
            if skipped.is_set():
                skipped.clear()
                terminal.say("… some lines are left out: this terminal does not keep up")

    printer = threading.Thread(target=print_all, name="live-lines", daemon=True)
    printer.start()
    try:
        yield take
    finally:
        backlog.put(None)
        printer.join(timeout=5)


def event_document(news: News) -> dict[str, Any]:
    """Return a piece of news for a program."""
    match news:
        case WorkerJoined(worker_id=worker_id):
            return {"event": "joined", "worker": worker_id}
        case WorkerQuiet():
            return {"event": "quiet"}
        case WorkerStopping(now=now):
            return {"event": "stopping", "now": now}
        case WorkerPaused(reason=reason, pause_ms=pause_ms):
            return {"event": "paused", "reason": reason, "pause": pause_ms / 1000}
        case JobStarted(claim=claim, pid=pid, at_ms=at_ms):
            more = {"attempt": claim.job.attempt, "pid": pid, "at": instant(at_ms)}
            return {"event": "started", "id": claim.job.id, **more}
        case JobEnded(finish=finish):
            return {"event": "ended", **_end_document(finish)}
        case ResultRefused(finish=finish):
            return {"event": "refused", **_end_document(finish)}
        case _:
            assert_never(news)


def event_line(terminal: Terminal, news: News) -> str:
    """Return a piece of news for a person; empty where there is nothing to tell."""
    match news:
        case WorkerJoined(worker_id=worker_id):
            return _line(terminal, "worker", f"{worker_id} is ready; Ctrl-C stops it", None)
        case WorkerQuiet():
            return _line(terminal, "quiet", "claiming no more; the jobs go on", "yellow")
        case WorkerStopping(now=now):
            what = (
                "ending the jobs that run" if now else "letting jobs finish; Ctrl-C ends them now"
            )
            return _line(terminal, "stopping", what, "yellow")
        case WorkerPaused(reason=reason, pause_ms=pause_ms):
            return _line(terminal, "paused", f"for {short_span(pause_ms)}: {reason}", "yellow")
        case JobStarted(claim=claim):
            return _line(terminal, "started", _named(claim.job), "cyan")
        case JobEnded(finish=finish):
            return _end_line(terminal, finish)
        case ResultRefused(finish=finish):
            what = f"{finish.claim.job.id}  its claim was lost; another worker has it"
            return _line(terminal, "dropped", what, "red")
        case _:
            assert_never(news)


@contextmanager
def logged_problems(terminal: Terminal) -> Iterator[None]:
    """Show what the packages log as a warning or worse, one line each."""
    handler = _ToTerminal(terminal)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _ToTerminal(logging.Handler):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.WARNING)
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        facts = {k: v for k, v in vars(record).items() if k not in _PLAIN_RECORD and v is not None}
        said = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items())
        text = record.getMessage() + (f" ({said})" if said else "")
        self._terminal.say(safe_text(f"queuectl: {text}"))


def _print(terminal: Terminal, news: News, *, as_json: bool) -> None:
    if as_json:
        terminal.document(event_document(news))
    else:
        terminal.line(event_line(terminal, news))
    terminal.flush()


def _end_document(finish: Finish) -> dict[str, Any]:
    facts, job = finish.facts, finish.claim.job
    return {
        "id": job.id,
        "attempt": job.attempt,
        "state": _state_after(finish),
        "exit_code": facts.exit_code,
        "signal": facts.signal,
        "error": facts.error,
    }


def _end_line(terminal: Terminal, finish: Finish) -> str:
    state, job = _state_after(finish), finish.claim.job
    error = finish.facts.error or ""
    if isinstance(finish.outcome, Retry):
        error = f"{error}; again in {short_span(finish.outcome.delay_ms)}"
    if verb_of(finish.outcome) is Verb.GIVE_BACK:
        error = "given back"
    what = _named(job) + (f"  ({error})" if error else "")
    return _line(terminal, state, what, STATE_STYLES.get(state))


def _named(job: Job) -> str:
    """Name a job in a line: a delivery by what it tells of, for its arguments are the message."""
    title = (job.queue == HOOK_QUEUE and job.name) or title_of(job)
    return f"{job.id}  {title if len(title) <= _LONGEST else title[: _LONGEST - 1] + '…'}"


def _state_after(finish: Finish) -> JobState:
    return TRANSITIONS[verb_of(finish.outcome)].target


def _line(terminal: Terminal, word: str, what: str, style: str | None) -> str:
    clock = terminal.paint(f"{datetime.now():%H:%M:%S}", "dim")  # noqa: DTZ005 local, for a person
    return f"{clock}  {terminal.paint(word.ljust(9), style)}  {safe_text(what)}"
