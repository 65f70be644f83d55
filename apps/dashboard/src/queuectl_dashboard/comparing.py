"""A run that failed beside one that did not: of the same job, or of another one of its like."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.rows import work_of
from queuectl_dashboard.runs import Run, runs_of, tail_of
from queuectl_store import Job, JobFilter, JobState, Task
from queuectl_store.values import dataclass

_LIKE = 20
_CONTEXT = 3
_LONGEST_SEARCH = 200
SUCCEEDED = "succeeded"

Mark = Literal["same", "gone", "added", "skipped"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    job: Job
    run: Run


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the difference: of both, of the good run alone, or of the failed one alone."""

    mark: Mark
    text: str


def sides(desk: Desk, job: Job) -> tuple[Side | None, Side | None]:
    """Find the latest run of *job* that failed, and the latest one that is like it and did not."""
    runs = _runs(desk, job)
    shown = desk.redaction.of_job(job)
    failed = next(
        (Side(shown, run) for run in runs if run.finished_at and run.state != SUCCEEDED), None
    )
    good = next((Side(shown, run) for run in runs if run.state == SUCCEEDED), None)
    return failed, good or _of_its_like(desk, job)


def difference(good: Run, failed: Run) -> list[Line]:
    """Compare the ends of what the two printed, in lines, with a few around each difference."""
    before, after = (tail_of(run.output).text.splitlines() for run in (good, failed))
    return list(_lines(before, after))


def _of_its_like(desk: Desk, job: Job) -> Side | None:
    wanted = JobFilter(
        states=(JobState.SUCCEEDED,),
        task=job.work.name if isinstance(job.work, Task) else None,
        name=job.name,
        search=None
        if isinstance(job.work, Task) or job.name
        else work_of(job)[1][:_LONGEST_SEARCH],
    )
    for other in desk.store.reader.page(wanted, limit=_LIKE):
        if other.id == job.id or not (
            job.name or isinstance(job.work, Task) or other.work == job.work
        ):
            continue
        run = next((run for run in _runs(desk, other) if run.state == SUCCEEDED), None)
        if run is not None:
            return Side(desk.redaction.of_job(other), run)
    return None


def _runs(desk: Desk, job: Job) -> list[Run]:
    return runs_of(job, desk.attempts(job.id), desk.output)


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, before, after)
    for place, group in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        if place or group[0][1]:
            yield Line("skipped", "")
        for tag, low, high, other_low, other_high in group:
            if tag == "equal":
                yield from (Line("same", text) for text in before[low:high])
                continue
            yield from (Line("gone", text) for text in before[low:high])
            yield from (Line("added", text) for text in after[other_low:other_high])
