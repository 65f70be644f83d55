"""The runs of one job as its page shows them, and what they printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from queuectl_dashboard.rows import ending
from queuectl_dashboard.text import log_text
from queuectl_dashboard.timing import size, span
from queuectl_store import Attempt, Job, JobState
from queuectl_worker import output

TAIL_LINES = 400
TAIL_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run; the one that goes on has no end yet.

    Attributes:
        token: The run's own number within the job, also for one that used no attempt.
        log: Where its output is, if there is any on this host.
    """

    number: int
    token: int
    state: str
    worker: int | None
    started_at: int | None
    finished_at: int | None
    took: str = ""
    exit: str = ""
    error: str = ""
    memory: str = ""
    cpu: str = ""
    log: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of a run's output, as text."""

    text: str
    is_cut: bool


def runs_of(job: Job, attempts: Sequence[Attempt], logs: output.LogFolder) -> list[Run]:
    """List the runs of *job*, newest first, the one that goes on included."""
    ended = [_ended(job, attempt, logs) for attempt in reversed(attempts)]
    return [_going_on(job, logs), *ended] if job.state is JobState.RUNNING else ended


def tail_of(log: Path | None) -> Tail:
    """Read the end of *log*."""
    if log is None:
        return Tail(text="", is_cut=False)
    end = output.read(log, tail=TAIL_LINES)[-TAIL_BYTES:]
    return Tail(text=log_text(end).rstrip("\n"), is_cut=len(end) < log.stat().st_size)


def whole(log: Path) -> Iterator[bytes]:
    """Yield all that is in *log* now, byte for byte."""
    return output.follow(log, lambda: True)


def _going_on(job: Job, logs: output.LogFolder) -> Run:
    return Run(
        number=job.attempt,
        token=job.token,
        state=job.state.value,
        worker=job.worker_id,
        started_at=job.started_at,
        finished_at=None,
        log=_existing(logs.for_run(job)),
    )


def _ended(job: Job, attempt: Attempt, logs: output.LogFolder) -> Run:
    started = attempt.started_at
    return Run(
        number=attempt.number,
        token=attempt.token,
        state=attempt.state,
        worker=attempt.worker_id,
        started_at=started,
        finished_at=attempt.finished_at,
        took="" if started is None else span(attempt.finished_at - started),
        exit=ending(attempt),
        error=attempt.error or "",
        memory="" if attempt.max_rss is None else size(attempt.max_rss),
        cpu="" if attempt.cpu_ms is None else span(attempt.cpu_ms),
        log=_existing(logs.for_run(job, attempt)),
    )


def _existing(path: Path | None) -> Path | None:
    # A log that is a link or a pipe was not made by a worker: it may lead anywhere.
    regular = path is not None and path.is_file() and not path.is_symlink()
    return path if regular else None
