"""Jobs as the pages show them: the words are chosen here, not in a template."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from queuectl_dashboard.api.desk import Desk
from queuectl_store import Argv, Attempt, Job, JobId, JobState, Shell, Task, Work
from queuectl_store.job import command_text
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One line of the jobs table.

    Attributes:
        work: The command as typed, or the task's call.
        attempts: Attempts used of those allowed, `2 of 4`.
        since: UTC milliseconds that the age counts from: the end, the start or the enqueue.
        took_ms: How long the latest run took; for a running job, *started_at* tells instead.
        mark: Changes when anything but the passing of time changed.
    """

    id: JobId
    state: JobState
    reason: str
    kind: str
    work: str
    name: str | None
    queue: str
    priority: int
    attempts: str
    since: int
    started_at: int | None
    took_ms: int | None
    exit: str
    progress: str
    percent: float | None
    mark: str


def job_rows(desk: Desk, jobs: Sequence[Job]) -> list[JobRow]:
    """Describe *jobs* in their order, without what is secret."""
    reasons = desk.store.reader.reasons(jobs)
    shown = desk.redaction
    return [_job_row(shown.of_job(job), shown.of_text(reasons.get(job.id, ""))) for job in jobs]


def work_of(job: Job) -> tuple[str, str]:
    """Return what kind of work *job* does, and how a person would write it."""
    return written(job.work)


def written(work: Work) -> tuple[str, str]:
    """Return what kind of work it is, and how a person would write it."""
    match work:
        case Shell(script=script):
            return "shell", script
        case Argv():
            return "command", command_text(work) or ""
        case Task(name=name, args=args, kwargs=kwargs):
            words = [*map(repr, args), *(f"{key}={value!r}" for key, value in kwargs.items())]
            return "task", f"{name}({', '.join(words)})"
        case _:
            assert_never(work)


def ending(attempt: Attempt | None) -> str:
    """Say with which code or signal a run ended; empty where it ended with neither."""
    if attempt is None:
        return ""
    if attempt.signal is not None:
        return f"signal {attempt.signal}"
    return "" if attempt.exit_code is None else str(attempt.exit_code)


def _job_row(job: Job, reason: str) -> JobRow:
    kind, work = work_of(job)
    running = job.state is JobState.RUNNING
    row = JobRow(
        id=job.id,
        state=job.state,
        reason=reason or _error(job),
        kind=kind,
        work=work,
        name=job.name,
        queue=job.queue,
        priority=job.priority,
        attempts=f"{job.attempt} of {job.attempt_base + job.max_retries + 1}",
        since=job.finished_at or job.created_at,
        started_at=job.started_at if running else None,
        took_ms=None if running else _took(job),
        exit="" if running else ending(job.last),
        progress=job.progress or "" if running else "",
        percent=_percent(job.progress) if running else None,
        mark="",
    )
    return _marked(row)


def _marked(row: JobRow) -> JobRow:
    return replace(row, mark=hashlib.sha256(repr(row).encode("utf-8", "replace")).hexdigest()[:16])


def _error(job: Job) -> str:
    failed = job.state in {JobState.DEAD, JobState.RETRYING}
    return (job.last.error or "") if failed and job.last is not None else ""


def _took(job: Job) -> int | None:
    run = job.last
    if run is None or run.started_at is None:
        return None
    return max(0, run.finished_at - run.started_at)


def _percent(progress: str | None) -> float | None:
    number = (progress or "").strip().split(" ")[0].removesuffix("%")
    try:
        percent = float(number)
    except ValueError:
        return None
    return percent if 0 <= percent <= 100 else None
