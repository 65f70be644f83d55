"""Why a job is not running: the reason, what stands behind it, and what would change it."""

from collections.abc import Sequence
from typing import Any

from queuectl_store.document import instant
from queuectl_store.explanation import MOST, Explanation, Found
from queuectl_store.job import Job, JobId, Task, Worker
from queuectl_store.sql.plain import why as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState
from queuectl_store.why_pending import pending

_TO = {"success": "to succeed", "end": "to end", "failure": "to fail"}


def explain(
    connection: Connection, job: Job, workers: Sequence[Worker], *, reason: str | None
) -> Explanation:
    """Say why *job* is where it is.

    Args:
        workers: Those whose lease runs.
        reason: From reasons.py.
    """
    found = _found(connection, job, workers, reason)
    return Explanation(
        job=job,
        reason=reason,
        detail=found.detail,
        remedy=found.remedy,
        blockers=found.blockers,
    )


def _found(
    connection: Connection, job: Job, workers: Sequence[Worker], reason: str | None
) -> Found:
    match job.state:
        case JobState.BLOCKED:
            return _blocked(connection, job)
        case JobState.HELD:
            return _held(connection, job)
        case JobState.PENDING:
            return pending(connection, job, workers, reason)
        case JobState.RUNNING:
            return _running(job, workers)
        case _:
            return _by_itself(job)


def _blocked(connection: Connection, job: Job) -> Found:
    parents = sql.PARENTS.run(connection, {"job": job.id, "at_most": MOST}).all()
    clauses: dict[int, list[Any]] = {}
    for parent in parents:
        clauses.setdefault(parent.clause, []).append(parent)
    waiting = [rows for rows in clauses.values() if not any(row.met == 1 for row in rows)]
    told = "; ".join(" or ".join(map(_parent, rows)) for rows in waiting[:5])
    more = f"; and {len(waiting) - 5} more" if len(waiting) > 5 else ""
    blockers = tuple(JobId(row.parent_id) for rows in waiting for row in rows if row.met == 0)
    first = f"; `queuectl why {blockers[0]}` says what that one waits for" if blockers else ""
    return Found(
        detail=f"it waits for {told}{more}",
        remedy=f"it starts by itself once they have ended{first}",
        blockers=blockers,
    )


def _parent(row: Any) -> str:
    return f"job {row.parent_id} ({row.state or 'removed'}) {_TO[row.needs]}"


def _held(connection: Connection, job: Job) -> Found:
    afterwards = f"; then {_blocked(connection, job).detail}" if job.unmet else ""
    return Found(
        detail=f"it is held: {job.note or 'nobody said why'}{afterwards}",
        remedy=f"`queuectl release {job.id}`",
    )


def _running(job: Job, workers: Sequence[Worker]) -> Found:
    worker = next((each for each in workers if each.id == job.worker_id), None)
    where = f"worker {job.worker_id}" + (f" on {worker.host}" if worker else ", which is gone")
    since = instant(job.started_at)
    if worker is None:
        detail = f"its {where}; it is given to another one when the lease is over"
        return Found(detail=detail, remedy="it needs a worker: `queuectl worker start`")
    doing = "is being stopped" if job.cancel_requested else "runs"
    return Found(
        detail=f"attempt {job.attempt} {doing} on {where} since {since}",
        remedy=f"`queuectl logs -f {job.id}` shows its output",
    )


def _by_itself(job: Job) -> Found:
    match job.state:
        case JobState.SCHEDULED:
            return Found(detail=f"its time is {instant(job.run_at)}")
        case JobState.RETRYING:
            return _retrying(job)
        case JobState.DEAD:
            return Found(detail=f"it is dead: {job.note}", remedy=f"`queuectl dlq retry {job.id}`")
        case JobState.CANCELLED if job.cancelled_for:
            return Found(
                detail=f"it was cancelled: {job.note}",
                remedy=f"`queuectl rerun {job.cancelled_for}` lets it follow after all",
            )
        case JobState.CANCELLED:
            return Found(
                detail=f"it was cancelled: {job.note}", remedy=f"`queuectl rerun {job.id}`"
            )
        case _:
            return Found(detail=f"it succeeded at {instant(job.finished_at)}")


def _retrying(job: Job) -> Found:
    if job.last and job.last.state == "snoozed":
        why = job.note or "it asked to be run later"
        detail = f"{why}; it is offered again at {instant(job.run_at)}"
        return Found(detail=detail, remedy=_task_remedy(job))
    error = job.last.error if job.last and job.last.error else job.note
    return Found(
        detail=f"attempt {job.attempt} failed ({error}); the next is at"
        f" {instant(job.run_at)}, and {max(0, job.attempts_left - 1)} may follow",
        remedy=f"`queuectl retry {job.id}` tries at once",
    )


def _task_remedy(job: Job) -> str | None:
    if not isinstance(job.work, Task) or not job.note:
        return f"`queuectl retry {job.id}` runs it at once"
    return "start a worker whose program has it: `queuectl worker start --app MODULE:NAME`"
