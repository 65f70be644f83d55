"""Why a job is where it is, in a few words for a list."""

from collections.abc import Sequence

from queuectl_store.instants import moment_of
from queuectl_store.job import Job, JobId, Worker
from queuectl_store.limits.waits import QUEUE_PAUSED, too_wide
from queuectl_store.states import JobState


def reason(
    job: Job,
    workers: Sequence[Worker],
    *,
    now_ms: int,
    limit: str | None = None,
    blockers: Sequence[JobId] = (),
) -> str | None:
    """Say why *job* waits, is dead or was cancelled; None where its state says all.

    Args:
        workers: Those whose lease runs.
        now_ms: The store's clock, UTC milliseconds.
        limit: What limit_reasons.py says of it.
        blockers: The jobs for which it waits, if it is blocked.
    """
    match job.state:
        case JobState.SCHEDULED:
            return f"until {_clock(job.run_at or now_ms, now_ms)}"
        case JobState.BLOCKED:
            return f"after {_few(blockers)}"
        case JobState.RETRYING:
            return _retrying(job, now_ms)
        case JobState.PENDING:
            return _pending(job, workers, limit)
        case JobState.RUNNING:
            return "stopping" if job.cancel_requested else None
        case _:
            return job.note


def _few(ids: Sequence[JobId]) -> str:
    told = ", ".join(str(each) for each in ids[:3])
    return told if len(ids) <= 3 else f"{told} and {len(ids) - 3:,} more"


def _pending(job: Job, workers: Sequence[Worker], limit: str | None) -> str:
    if limit == QUEUE_PAUSED:
        return limit
    serving = [
        worker
        for worker in workers
        if worker.state == "running" and (worker.queues is None or job.queue in worker.queues)
    ]
    if not serving:
        return f"no worker serves {job.queue}"
    if job.slots > max(worker.concurrency for worker in serving):
        return too_wide(job.slots)
    return limit or "waits for a free slot"


def _retrying(job: Job, now_ms: int) -> str:
    used = job.attempt - job.attempt_base
    wait = _wait((job.run_at or now_ms) - now_ms)
    if not used:
        return f"{job.note}; again {wait}" if job.note else f"again {wait}"
    return f"retry {used} of {job.max_retries} {wait}"


def _wait(ms: int) -> str:
    seconds = -(-ms // 1000)
    if seconds <= 0:
        return "now"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"in {round(seconds / size)} {unit}"
    return f"in {seconds} s"


def _clock(ms: int, now_ms: int) -> str:
    # Local time, since the reader is a person; the exact instant is in `run_at`.
    then, now = (moment_of(each, None) for each in (ms, now_ms))
    form = "%H:%M:%S" if ms - now_ms < 60_000 else "%H:%M"
    return then.strftime(form if then.date() == now.date() else f"%Y-%m-%d {form}")
