"""A job for people (rows, facts) and for machines (documents)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from queuectl.moments import local_time, short_span
from queuectl.render import Cell, Column, Row, without_empty
from queuectl.session import Session
from queuectl_store import (
    Attempt,
    Job,
    JobId,
    JobState,
    Task,
    attempt_document,
    job_document,
    run_rules_document,
)
from queuectl_worker import LogFolder, RunOutput, log_root

STATE_STYLES: Mapping[str, str] = {
    "running": "cyan",
    "succeeded": "green",
    "dead": "red",
    "retrying": "yellow",
    "scheduled": "blue",
    "held": "magenta",
    "blocked": "magenta",
    "cancelled": "dim",
    "crashed": "red",
    "failed": "yellow",
}

_ALL_FAILED = re.compile(r"\(attempt \d+ of \d+ failed: ")

_COLUMNS = (
    Column(title="ID", right=True),
    Column(title="STATE", flexible=True),
    Column(title="QUEUE"),
    Column(title="PRIO", right=True),
    Column(title="NAME", flexible=True),
    Column(title="TRIES", right=True),
    Column(title="AGE", right=True),
    Column(title="TOOK", right=True),
    Column(title="EXIT", right=True),
    Column(title="COMMAND", flexible=True),
)


def logs_of(session: Session) -> LogFolder:
    """Return where the output of the session's store lies."""
    return LogFolder(log_root(session.look(), session.settings().typed("log_dir")))


def output_of(session: Session, job: Job, run: Attempt | None = None) -> RunOutput:
    """Return what *run*, or the latest run, of *job* printed."""
    return RunOutput(session.look(), logs_of(session), job, run)


def documents(session: Session, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Return the JSON job of each of *jobs*."""
    reasons = session.look().reader.reasons(jobs)
    logs = logs_of(session)
    return [
        job_document(job, reason=reasons.get(job.id), log=str(path) if path else None)
        for job in jobs
        for path in (logs.for_run(job),)
    ]


def job_table(
    jobs: Sequence[Job], reasons: Mapping[JobId, str], *, now_ms: int, full: bool
) -> tuple[list[Column], list[Row]]:
    """Return the columns and rows of a list; *full* keeps the columns that no job uses."""
    rows: list[Row] = [_row(job, reasons.get(job.id), now_ms, full=full) for job in jobs]
    return (list(_COLUMNS), rows) if full else without_empty(_COLUMNS, rows)


def state_cell(job: Job, reason: str | None, *, full: bool = True) -> Cell:
    """Return a job's state with the reason beside it; in short where not *full*."""
    why = f" ({reason})" if reason else ""
    if job.state is JobState.RUNNING and job.cancel_requested:
        why = " (stopping)"
    if not full:
        # How many attempts there were is a column of its own, and here only hides the error.
        why = _ALL_FAILED.sub("(", why)
    return Cell(text=job.state + why, style=STATE_STYLES.get(job.state))


def title_of(job: Job) -> str:
    """Return what the job does, on one line."""
    if isinstance(job.work, Task):
        words = [*map(repr, job.work.args), *(f"{k}={v!r}" for k, v in job.work.kwargs.items())]
        return f"{job.work.name}({', '.join(words)})"
    return job.command or ""


def took(job: Job, *, now_ms: int) -> str:
    """Return how long the job's latest run took, or has run by now."""
    if job.started_at is None:
        return ""
    if job.state is JobState.RUNNING:
        return short_span(now_ms - job.started_at)
    run = job.last
    if run is not None and run.started_at is not None:
        return short_span(max(0, run.finished_at - run.started_at))
    return short_span(job.finished_at - job.started_at) if job.finished_at else ""


def exit_text(exit_code: int | None, signal: int | None) -> str:
    """Return an exit code, or the signal as `SIG9`."""
    if signal is not None:
        return f"SIG{signal}"
    return "" if exit_code is None else str(exit_code)


def moment_text(ms: int | None, *, now_ms: int) -> str | None:
    """Return a time with its distance from now."""
    if ms is None:
        return None
    distance = f"{short_span(now_ms - ms)} ago" if ms <= now_ms else f"in {short_span(ms - now_ms)}"
    return f"{local_time(ms):%Y-%m-%d %H:%M:%S %Z} ({distance})"


def full_document(session: Session, job: Job) -> dict[str, Any]:
    """Return the JSON job, how its runs are limited, and its attempts, oldest first."""
    [document] = documents(session, [job])
    attempts = session.look().reader.attempts(job.id)
    told = [attempt_document(attempt) for attempt in attempts]
    return {**document, **run_rules_document(job), "attempts": told}


def _row(job: Job, reason: str | None, now_ms: int, *, full: bool) -> Row:
    ended = job.last
    return [
        Cell(text=str(job.id)),
        state_cell(job, reason, full=full),
        Cell(text=job.queue if full or job.queue != "default" else ""),
        Cell(text=str(job.priority) if full or job.priority else ""),
        Cell(text=job.name or ""),
        Cell(text=str(job.attempt) if full or job.attempt > 1 else ""),
        Cell(text=short_span(now_ms - job.created_at), style="dim"),
        Cell(text=took(job, now_ms=now_ms)),
        Cell(text=exit_text(ended.exit_code, ended.signal) if ended else ""),
        Cell(text=title_of(job)),
    ]
