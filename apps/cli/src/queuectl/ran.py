"""Which of the jobs that are meant ran since a time: for who asks for output, not for jobs."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from queuectl.choosing import Choice, chosen_ids
from queuectl.exits import CommandError, Exit
from queuectl.moments import parse_past, to_ms
from queuectl.selection import ids_matching
from queuectl_store import Job, JobId, JobState, Look


def ids_that_ran(
    store: Look, choice: Choice, since: str, *, or_in: Collection[JobState] = ()
) -> list[JobId]:
    """Return those of the meant ids of which a run went on then or later, lowest first.

    Args:
        since: As people write it: `10m`, `18:30`.
        or_in: Jobs in these states are meant in any case.

    Raises:
        UsageProblem: *since* is no time in the past.
        CommandError: There are none.
        UnknownJob: An id does not exist.
        UnknownGroup: There is no group of that name.
    """
    since_ms = to_ms(parse_past(since, now=datetime.now(UTC).astimezone()))
    if choice.words:
        named = [store.reader.get(job_id) for job_id in chosen_ids(store, choice, verb="print")]
        ids = [job.id for job in named if job.state in or_in or _ran(store, job, since_ms)]
    else:
        ids = _matching(store, choice, since_ms, or_in)
    if ids:
        return sorted(ids)
    raise CommandError(f"no job that is meant ran since {since}", code=Exit.NOT_FOUND)


def _ran(store: Look, job: Job, since_ms: int) -> bool:
    runs = () if job.state is JobState.RUNNING else store.reader.attempts(job.id)
    return job.state is JobState.RUNNING or any(run.finished_at >= since_ms for run in runs)


def _matching(
    store: Look, choice: Choice, since_ms: int, or_in: Collection[JobState]
) -> list[JobId]:
    if choice.filter.group is not None:
        store.reader.group(choice.filter.group)
    ids = set(ids_matching(store, replace(choice.filter, ran_since_ms=since_ms)))
    if states := tuple(state for state in choice.filter.states or or_in if state in or_in):
        ids.update(ids_matching(store, replace(choice.filter, states=states)))
    return list(ids)
