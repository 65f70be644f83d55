"""The runs of one job as its page shows them, and what they printed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from queuectl_dashboard.rows import ending
from queuectl_dashboard.text import log_text
from queuectl_dashboard.timing import size, span
from queuectl_store import Attempt, Job, JobState, Stream
from queuectl_store.values import dataclass
from queuectl_worker import RunOutput
from queuectl_worker.sources import pieces

TAIL_LINES = 400
TAIL_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run; the one that goes on has no end yet.

    Attributes:
        token: The run's own number within the job, also for one that used no attempt.
        output: What it printed, if there is any on this host or in the store.
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
    output: RunOutput | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of a run's output, as text."""

    text: str
    is_cut: bool


def runs_of(
    job: Job, attempts: Sequence[Attempt], output_of: Callable[[Job, Attempt | None], RunOutput]
) -> list[Run]:
    """List the runs of *job*, newest first, the one that goes on included.

    Args:
        output_of: Returns what a run printed; None is the latest.
    """

    def printed(attempt: Attempt | None = None) -> RunOutput | None:
        output = output_of(job, attempt)
        return output if any(_is_there(output, stream) for stream in output.streams) else None

    ended = [_ended(attempt, printed(attempt)) for attempt in reversed(attempts)]
    return [_going_on(job, printed()), *ended] if job.state is JobState.RUNNING else ended


def tail_of(output: RunOutput | None) -> Tail:
    """Read the end of *output*: of stdout, and after it of stderr where that is apart."""
    texts, is_cut = [], False
    for stream in output.streams if output is not None else ():
        source = output.open(stream) if output is not None else None
        if source is None:
            continue
        with closing(source):
            start, size = source.tail_start(TAIL_LINES), source.size()
            end = b"".join(pieces(source, start, size))[-TAIL_BYTES:]
        is_cut |= len(end) < size
        title = "--- stderr ---\n" if stream is Stream.ERR else ""
        texts.append(title + log_text(end).rstrip("\n"))
    return Tail(text="\n".join(texts), is_cut=is_cut)


def whole(output: RunOutput) -> Iterator[bytes]:
    """Yield all that is in *output* now, byte for byte."""
    for stream in output.streams:
        source = output.open(stream)
        if source is not None:
            with closing(source):
                yield from pieces(source, 0, source.size())


def _is_there(output: RunOutput, stream: Stream) -> bool:
    source = output.open(stream)
    if source is None:
        return False
    source.close()
    return True


def _going_on(job: Job, output: RunOutput | None) -> Run:
    return Run(
        number=job.attempt,
        token=job.token,
        state=job.state.value,
        worker=job.worker_id,
        started_at=job.started_at,
        finished_at=None,
        output=output,
    )


def _ended(attempt: Attempt, output: RunOutput | None) -> Run:
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
        output=output,
    )
