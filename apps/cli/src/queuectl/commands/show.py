"""`queuectl show`: everything about one job."""

from typing import Annotated, Any

import typer

from queuectl.jobs import (
    STATE_STYLES,
    documents,
    exit_text,
    full_document,
    moment_text,
    state_cell,
    title_of,
    took,
)
from queuectl.moments import local_time, short_span
from queuectl.render import Cell, Column, Row, print_aligned, print_facts, without_empty
from queuectl.selection import parse_id
from queuectl.session import Session
from queuectl_store import Attempt, Job, bytes_text

_ATTEMPT_COLUMNS = (
    Column(title="TRY", right=True),
    Column(title="ENDED AS"),
    Column(title="STARTED"),
    Column(title="TOOK", right=True),
    Column(title="EXIT", right=True),
    Column(title="WORKER", right=True),
    Column(title="CPU", right=True),
    Column(title="MEMORY", right=True),
    Column(title="OUTPUT", right=True),
    Column(title="LOST", right=True),
    Column(title="ERROR", flexible=True),
)


def show(
    ctx: typer.Context,
    *,
    job: Annotated[str, typer.Argument(metavar="ID", help="The job's id.")],
) -> None:
    """Show all facts about a job and its attempts.

    \b
    Examples:
      queuectl show 12
      queuectl show 12 --json | jq .attempts

    With --json: the job, and beside it memory, warning, split_output, trace_id and attempts.
    """
    session: Session = ctx.obj
    job_id = parse_id(job)
    found = session.look().reader.get(job_id)
    if session.json:
        session.terminal.document(full_document(session, found))
        return
    print_job(session, found)


def print_job(session: Session, job: Job) -> None:
    """Print a job's facts and its attempts for a person."""
    reader = session.look().reader
    now_ms = reader.now_ms()
    [document] = documents(session, [job])
    print_facts(session.terminal, _facts(job, document, now_ms))
    attempts = reader.attempts(job.id)
    if attempts:
        session.terminal.line()
        rows: list[Row] = [_attempt_row(attempt) for attempt in attempts]
        print_aligned(session.terminal, *without_empty(_ATTEMPT_COLUMNS, rows))


def _facts(job: Job, document: dict[str, Any], now_ms: int) -> dict[str, Cell | str | None]:
    timeout, ended = job.timeout_ms, job.last
    return {
        "job": str(job.id),
        "state": state_cell(job, document["reason"]),
        "note": job.note if job.note != document["reason"] else None,
        "command": title_of(job),
        "name": job.name,
        "queue": job.queue,
        "priority": str(job.priority),
        "group": job.group,
        "after": ", ".join(map(str, job.after)),
        "tags": "  ".join(f"{key}={value}" for key, value in job.tags.items()),
        **_demands(job),
        "folder": job.cwd,
        "attempts": f"{job.attempt} used, {job.attempts_left} left",
        "timeout": short_span(timeout) if timeout is not None else None,
        "warning": str(job.warn) if job.warn else None,
        "memory": f"at most {bytes_text(job.memory)}" if job.memory else None,
        "created": moment_text(job.created_at, now_ms=now_ms),
        "runs at": moment_text(job.run_at, now_ms=now_ms),
        "started": moment_text(job.started_at, now_ms=now_ms),
        "finished": moment_text(job.finished_at, now_ms=now_ms),
        "took": took(job, now_ms=now_ms),
        "worker": str(job.worker_id) if job.worker_id is not None else None,
        "exit": exit_text(ended.exit_code, ended.signal) if ended else None,
        "error": Cell(text=ended.error, style="red") if ended and ended.error else None,
        "progress": job.progress,
        "trace": job.trace.trace_id if job.trace else None,
        "log": document["log"],
    }


def _demands(job: Job) -> dict[str, Cell | str | None]:
    units = {name: ",".join(map(str, ids)) for name, ids in job.allotted.items()}
    return {
        "slots": str(job.slots) if job.slots > 1 else None,
        "key": job.concurrency_key,
        "resources": "  ".join(
            f"{name}={n}" + (f" (has {units[name]})" if name in units else "")
            for name, n in job.resources.items()
        ),
    }


def _attempt_row(attempt: Attempt) -> list[Cell]:
    started = attempt.started_at
    length = short_span(attempt.finished_at - started) if started is not None else ""
    cpu, memory, output = attempt.cpu_ms, attempt.max_rss, attempt.log_bytes
    return [
        Cell(text=str(attempt.number)),
        Cell(text=attempt.state, style=STATE_STYLES.get(attempt.state)),
        Cell(text=f"{local_time(started):%m-%d %H:%M:%S}" if started is not None else ""),
        Cell(text=length),
        Cell(text=exit_text(attempt.exit_code, attempt.signal)),
        Cell(text=str(attempt.worker_id) if attempt.worker_id is not None else ""),
        Cell(text=short_span(cpu) if cpu is not None else ""),
        Cell(text=_size(memory)),
        Cell(text=_size(output)),
        Cell(text=_size(attempt.log_lost), style="red"),
        Cell(text=attempt.error or ""),
    ]


def _size(size: int | None) -> str:
    import humanize

    return "" if size is None else humanize.naturalsize(size, binary=True, format="%.0f")
