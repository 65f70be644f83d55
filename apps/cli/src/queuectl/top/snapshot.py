"""What the live view shows at one moment: plain text in rows. Knows nothing of the screen."""

from collections.abc import Sequence

from queuectl.jobs import STATE_STYLES, title_of, took
from queuectl.moments import short_span
from queuectl.safe import safe_text
from queuectl.top.processors import Processors
from queuectl_metrics import activity
from queuectl_store import FINAL, Job, JobFilter, JobState, Queue, Store, Worker
from queuectl_store.values import dataclass

TABS = ("jobs", "workers", "queues", "dead")
COLUMNS = {
    "jobs": ("ID", "STATE", "QUEUE", "TOOK", "CPU", "PROGRESS", "COMMAND"),
    "workers": ("ID", "STATE", "HOST", "BUSY", "QUEUES", "JOBS"),
    "queues": ("QUEUE", "STATE", "RUNNING", "PENDING", "WAITING", "DEAD", "LIMITS"),
    "dead": ("ID", "QUEUE", "TRIES", "AGE", "ERROR", "COMMAND"),
}
# As many as a person looks through; a filter finds the others.
_MOST = 200
_LONGEST = 200
_ACTIVE = tuple(state for state in JobState if state not in FINAL and state is not JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: its key, its cells, and the style of its state."""

    key: str
    cells: tuple[str, ...]
    style: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The line on top, and the rows of each tab."""

    summary: str
    rows: dict[str, list[Row]]


def take(
    store: Store, *, search: str | None = None, processors: Processors | None = None
) -> Snapshot:
    """Read what is to be shown; *search* narrows jobs and dead letters.

    Args:
        processors: Tells what running jobs use, where their worker is on this host.
    """
    reader = store.reader
    workers, queues, now_ms = reader.workers(), reader.queues(), reader.now_ms()
    wanted = search or None
    running = reader.page(JobFilter(states=(JobState.RUNNING,), search=wanted), limit=_MOST)
    waiting = reader.page(JobFilter(states=_ACTIVE, search=wanted), limit=_MOST)
    ended = reader.page(JobFilter(states=tuple(FINAL), search=wanted), limit=_MOST)
    dead = reader.page(JobFilter(states=(JobState.DEAD,), search=wanted), limit=_MOST)
    jobs = [*running, *waiting, *ended][:_MOST]
    reasons, used = reader.reasons(jobs), processors.look(workers) if processors else {}
    return Snapshot(
        summary=_summary(store, workers),
        rows={
            "jobs": [_job_row(job, reasons.get(job.id), now_ms, used.get(job.id)) for job in jobs],
            "workers": [_worker_row(each, running) for each in workers],
            "queues": [_queue_row(each) for each in queues],
            "dead": [_dead_row(job, now_ms) for job in dead],
        },
    )


def _summary(store: Store, workers: Sequence[Worker]) -> str:
    facts = activity(store)
    slots, busy = sum(each.concurrency for each in workers), sum(each.running for each in workers)
    counts = [f"{count:,} {state}" for state, count in facts.counts.items() if count]
    rate = f"{facts.minute.succeeded:,} ok, {facts.minute.failed + facts.minute.dead:,} failed/min"
    count = f"{len(workers)} worker" + ("" if len(workers) == 1 else "s")
    return f"{count}, {busy}/{slots} slots  {rate}  {', '.join(counts) or 'no jobs'}"


def _job_row(job: Job, reason: str | None, now_ms: int, used: float | None) -> Row:
    state = f"{job.state} ({reason})" if reason and job.state not in FINAL else str(job.state)
    return Row(
        key=str(job.id),
        cells=(
            str(job.id),
            _fit(state),
            job.queue,
            took(job, now_ms=now_ms),
            "" if used is None or job.state is not JobState.RUNNING else f"{used:.0f}%",
            _fit(job.progress or ""),
            _fit(title_of(job)),
        ),
        style=STATE_STYLES.get(job.state),
    )


def _worker_row(worker: Worker, running: Sequence[Job]) -> Row:
    ids = [str(job.id) for job in running if job.worker_id == worker.id]
    return Row(
        key=str(worker.id),
        cells=(
            str(worker.id),
            worker.state,
            _fit(worker.host),
            f"{worker.running}/{worker.concurrency}",
            _fit(", ".join(worker.queues or ()) or "all"),
            " ".join(ids),
        ),
        style="green" if worker.state == "running" else "yellow",
    )


def _queue_row(queue: Queue) -> Row:
    count = queue.counts.get
    waiting = sum(count(state, 0) for state in _ACTIVE if state is not JobState.PENDING)
    limits = queue.limits
    parts = [
        f"{limits.concurrency} at once" if limits.concurrency is not None else "",
        f"{limits.rate}" if limits.rate is not None else "",
    ]
    numbers = (queue.running, count(JobState.PENDING, 0), waiting, count(JobState.DEAD, 0))
    return Row(
        key=queue.name,
        cells=(
            queue.name,
            str(queue.state),
            *(f"{number:,}" for number in numbers),
            ", ".join(filter(None, parts)),
        ),
        style="yellow" if queue.state != "active" else None,
    )


def _dead_row(job: Job, now_ms: int) -> Row:
    error = (job.last and job.last.error) or job.note or ""
    return Row(
        key=str(job.id),
        cells=(
            str(job.id),
            job.queue,
            str(job.attempt),
            short_span(now_ms - (job.finished_at or now_ms)),
            _fit(error.strip().splitlines()[-1] if error.strip() else ""),
            _fit(title_of(job)),
        ),
        style="red",
    )


def _fit(text: str) -> str:
    return safe_text(text[:_LONGEST])
