"""`queuectl status`: the queue on one screen."""

from typing import Any

import typer

from queuectl.jobs import STATE_STYLES, job_table
from queuectl.render import print_aligned
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl_metrics import Activity, Moves, activity
from queuectl_store import FINAL, Job, JobFilter, JobState, Worker

_ACTIVE_SHOWN = 10
_LAST_SHOWN = 5
_ACTIVE = tuple(state for state in JobState if state not in FINAL)


def status(ctx: typer.Context) -> None:
    """Show the queue on one screen: active jobs, the last few, the counts.

    \b
    Examples:
      queuectl
      queuectl status --json | jq .counts

    With --json: one object with store, workers, slots, counts, queues, and minute, hour, day
    (how many jobs were enqueued, started, succeeded, failed, dead and cancelled in each).
    """
    session: Session = ctx.obj
    store = session.look()
    facts, workers = activity(store), store.reader.workers()
    if session.json:
        session.terminal.document(_document(session, facts, workers))
        return
    active, last = _active(session), _last(session)
    for title, jobs in (("Active", active), ("Finished", last)):
        if jobs:
            _section(session, title, jobs)
    if not active and not last:
        session.terminal.line(
            "No jobs yet; `queuectl enqueue -- COMMAND` adds one, `queuectl demo` shows some"
        )
    session.terminal.line(_counts_line(session, facts))
    session.terminal.line(f"Last minute: {_moves(facts.minute)}")
    session.terminal.line(f"Last hour: {_moves(facts.hour)}")
    session.terminal.line(_workers_line(workers, facts))


def _active(session: Session) -> list[Job]:
    """The jobs that run, then those that wait: what happens next comes first."""
    reader = session.look().reader
    running = reader.page(JobFilter(states=(JobState.RUNNING,)), limit=_ACTIVE_SHOWN)
    states = tuple(state for state in _ACTIVE if state is not JobState.RUNNING)
    waiting = reader.page(JobFilter(states=states), limit=_ACTIVE_SHOWN - len(running) or 1)
    return [*running, *waiting][:_ACTIVE_SHOWN]


def _last(session: Session) -> list[Job]:
    return session.look().reader.page(JobFilter(states=tuple(FINAL)), limit=_LAST_SHOWN)


def _section(session: Session, title: str, jobs: list[Job]) -> None:
    terminal, reader = session.terminal, session.look().reader
    terminal.line(terminal.paint(title, "bold"))
    columns, rows = job_table(jobs, reader.reasons(jobs), now_ms=reader.now_ms(), full=False)
    print_aligned(terminal, columns, rows)
    terminal.line()


def _counts_line(session: Session, facts: Activity) -> str:
    paint = session.terminal.paint
    parts = [
        paint(f"{count:,} {state}", STATE_STYLES.get(state))
        for state, count in facts.counts.items()
        if count
    ]
    return "Jobs: " + (", ".join(parts) or "none")


def _moves(moves: Moves) -> str:
    said = [
        f"{count:,} {word}"
        for word, count in (
            ("enqueued", moves.enqueued),
            ("succeeded", moves.succeeded),
            ("failed", moves.failed),
            ("dead", moves.dead),
            ("cancelled", moves.cancelled),
        )
        if count
    ]
    return ", ".join(said) or "nothing"


def _workers_line(workers: list[Worker], facts: Activity) -> str:
    if not workers:
        hint = "; `queuectl worker start` runs the jobs" if facts.counts[JobState.PENDING] else ""
        return f"Workers: none{hint}"
    slots, busy = sum(w.concurrency for w in workers), sum(w.running for w in workers)
    hosts = ", ".join(sorted({safe_text(worker.host) for worker in workers}))
    return f"Workers: {len(workers)} on {hosts}, {busy} of {slots} slots busy"


def _document(session: Session, facts: Activity, workers: list[Worker]) -> dict[str, Any]:
    queues = session.look().reader.counts()
    return {
        "store": session.look().url,
        "workers": len(workers),
        "slots": sum(worker.concurrency for worker in workers),
        "running": facts.counts[JobState.RUNNING],
        "counts": {str(state): count for state, count in facts.counts.items()},
        "queues": {name: {str(s): n for s, n in of.items()} for name, of in queues.items()},
        "minute": _moves_document(facts.minute),
        "hour": _moves_document(facts.hour),
        "day": _moves_document(facts.day),
    }


def _moves_document(moves: Moves) -> dict[str, int]:
    names = ("enqueued", "started", "succeeded", "failed", "dead", "cancelled")
    return {name: getattr(moves, name) for name in names}
