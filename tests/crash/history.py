"""What happened: read from the store, from the witness and from the logs of who called it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from queuectl_store import Attempt, Event, Job, JobFilter, JobState, Store
from queuectl_store.document import instant
from tests.crash.journal import Call

PAGE = 1_000
EVERY_JOB = 1_000_000


class Said(NamedTuple):
    """A line of the witness: what one run of a job said, and the host's uptime as it did."""

    job_id: int
    token: int
    word: str
    at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A schedule of an interval, of which no slot may be missed. Times are UTC milliseconds.

    Attributes:
        since: When it was made; the first slot is one interval later.
        until: The last slot that has surely been dealt with.
    """

    schedule_id: int
    name: str
    every_ms: int
    since: int
    until: int

    @property
    def slots(self) -> dict[str, int]:
        """The slots that must have a job, by what that job is told."""
        first = self.since + self.every_ms
        return {instant(at) or "": at for at in range(first, self.until + 1, self.every_ms)}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHistory:
    """All there is about one job."""

    job: Job
    events: Sequence[Event]
    attempts: Sequence[Attempt]
    said: Sequence[Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All there is, once every job that can end has ended.

    Attributes:
        acknowledged: The ids that callers were given.
        calls: What actors logged of their own calls, in the order in which they began them.
        counts: What the store answered to the question how many jobs it has.
        told: What it counted of what happened, by the way of asking and by queue.
        damage: What the database itself finds wrong with its files.
        limits: How many jobs of a queue may run at once, for queues where that was set.
        beats: The schedules, and how far their slots must have jobs.
        may_die: Jobs may be dead for other reasons than three workers that vanished.
        kill_grace_s: How long a run that has reached its time limit may still last.
    """

    histories: Sequence[JobHistory]
    acknowledged: Collection[int]
    calls: Sequence[Call] = ()
    counts: Mapping[str, Mapping[JobState, int]] | None = None
    told: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    damage: Sequence[str] = ()
    limits: Mapping[str, int] | None = None
    beats: Sequence[Beat] = ()
    may_die: bool = False
    kill_grace_s: float = 2.0


def read_witness(path: Path) -> list[Said]:
    """Return what runs said, in the order in which they said it."""
    found = []
    for line in path.read_text().splitlines():
        run, job_id, token, word, _pid, uptime = line.split(" ")
        assert run == "RUN"
        found.append(Said(int(job_id), int(token), word, float(uptime)))
    return found


def read_histories(store: Store, witness: Path | Iterable[Said]) -> list[JobHistory]:
    """Return the history of every job in the store."""
    events: dict[int, list[Event]] = defaultdict(list)
    for event in every_event(store):
        events[event.job_id].append(event)
    said: dict[int, list[Said]] = defaultdict(list)
    for each in read_witness(witness) if isinstance(witness, Path) else witness:
        said[each.job_id].append(each)
    return [
        JobHistory(
            job=job,
            events=events[job.id],
            attempts=store.reader.attempts(job.id),
            said=said[job.id],
        )
        for job in store.reader.page(JobFilter(), limit=EVERY_JOB)
    ]


def every_event(store: Store) -> Iterator[Event]:
    """Walk through the whole event log."""
    page = store.reader.feed(limit=PAGE)
    while page.events:
        yield from page.events
        page = store.reader.feed(page.cursor, limit=PAGE)
