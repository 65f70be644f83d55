"""What happened in one transaction, added up by kind, on its way into the tallies."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from queuectl_store.job import Claim, Task
from queuectl_store.ledger import Moved, recorded
from queuectl_store.outcome import VERBS, Finish, Outcome, RunFacts
from queuectl_store.rollups.facts import Fact
from queuectl_store.rollups.histogram import BOUNDS_MS
from queuectl_store.sql.names import LONGEST_TASK, TALLIED
from queuectl_store.sql.plain.rollups import ADD, ADD_EACH
from queuectl_store.sql.statement import Connection
from queuectl_store.states import TRANSITIONS, JobState, Verb

# Up to so many kinds are written one by one.
_FEW = 2
# Queue, task, outcome, whether it crashed, bucket.
_Run = tuple[str, str | None, type[Outcome], bool, int]
_CLAIM = (Verb.CLAIM, JobState.PENDING, JobState.RUNNING)


class Kind(NamedTuple):
    """One row of the tallies; blank where there is no such thing.

    Attributes:
        queue: Or the schedule, of a missed slot.
        source: The state that a job left; blank for a new one.
        target: The state that it came to; blank for one that was deleted.
        outcome: As the attempt's row says it.
        bucket: Of a claim's wait or an attempt's duration; -1 where none was measured.
    """

    queue: str = ""
    task: str = ""
    verb: str = ""
    source: str = ""
    target: str = ""
    outcome: str = ""
    bucket: int = -1


class Tally:
    """Adds up what one statement did: how many of each kind, and the milliseconds they took."""

    def __init__(self, counts: Mapping[Kind, tuple[int, int]] | None = None) -> None:
        self.counts = dict(counts or {})

    def add(self, kind: Kind, n: int = 1, ms: int = 0) -> None:
        """Count *n* more of *kind*, which took *ms* milliseconds."""
        known, total_ms = self.counts.get(kind, (0, 0))
        self.counts[kind] = (known + n, total_ms + ms)

    def join(self, other: "Tally") -> None:
        """Count what *other* counted, too."""
        for kind, (n, ms) in other.counts.items():
            self.add(kind, n, ms)

    def write(self, connection: Connection, times: Mapping[str, Any]) -> None:
        """Add it to the tallies of this minute, in the transaction that did what it counts."""
        if len(self.counts) > _FEW:
            ADD.run(connection, {"tally": json.dumps(list(self._rows())), **times})
        elif self.counts:
            for kind, (n, ms) in self.counts.items():
                ADD_EACH.run(connection, {**kind._asdict(), "n": n, "ms": ms, **times})

    def _rows(self) -> Iterator[dict[str, Any]]:
        for kind, (n, ms) in self.counts.items():
            row = {name: value for name, value in zip(TALLIED, kind, strict=True) if value != ""}
            yield row | {"n": n, "ms": ms}


def moved(moves: Iterable[Moved]) -> Tally:
    """Add up changes of state."""
    tally = Tally()
    for each in moves:
        kind = Kind(each.queue, task_name(each.task), each.verb, each.source or "", each.state)
        if each.left_queue is not None:
            # Between queues: gone from the one, come to the other.
            tally.add(kind._replace(queue=each.left_queue, target=""))
            tally.add(kind._replace(source=""))
        elif each.source != each.state:
            tally.add(kind)
    return tally


def claimed(claims: Iterable[Claim]) -> Tally:
    """Add up *claims*, with how long each job waited since it could have run."""
    # In the hot loop, as `ended`: a job costs this much more for being counted.
    found: dict[tuple[str, str | None, int], list[int]] = {}
    for job, _, ready_at in claims:
        ms = 0
        if job.started_at is not None and ready_at is not None and job.started_at > ready_at:
            ms = job.started_at - ready_at
        work = job.work
        task = work.name if isinstance(work, Task) else None
        key = (job.queue, task, bisect_left(BOUNDS_MS, ms))
        if key in found:
            sums = found[key]
            sums[0] += 1
            sums[1] += ms
        else:
            found[key] = [1, ms]
    tally = Tally()
    for (queue, task, bucket), (n, ms) in found.items():
        tally.add(Kind(queue, task_name(task), *_CLAIM, "", bucket), n, ms)
    return tally


def ended_at(facts: RunFacts, *, at: int) -> int:
    """Return when a run that was recorded at *at* had ended, as far as that is known."""
    if facts.started_at is None or facts.run_ms is None:
        return at
    return min(at, max(facts.started_at, 0) + max(facts.run_ms, 0))


def ended(finishes: Iterable[Finish], *, at: int) -> Tally:
    """Add up attempts that ended at *at*."""
    found: dict[_Run, list[int]] = {}
    for each in finishes:
        job, started_at = each.claim.job, each.facts.started_at
        ms, bucket = 0, -1
        if started_at is not None:
            ms = ended_at(each.facts, at=at) - min(max(started_at, 0), at)
            bucket = bisect_left(BOUNDS_MS, ms)
        task = job.work.name if isinstance(job.work, Task) else None
        key = (job.queue, task, type(each.outcome), each.crashed, bucket)
        if key in found:
            sums = found[key]
            sums[0] += 1
            sums[1] += ms
        else:
            found[key] = [1, ms]
    tally = Tally()
    for (queue, task, outcome, crashed, bucket), (n, ms) in found.items():
        verb = VERBS[outcome]
        move = (verb, JobState.RUNNING, TRANSITIONS[verb].target)
        word = recorded(outcome, crashed=crashed)
        tally.add(Kind(queue, task_name(task), *move, word, bucket), n, ms)
    return tally


def deleted(rows: Iterable[Any]) -> Tally:
    """Add up jobs that are no more: rows with queue, task and state."""
    tally = Tally()
    for row in rows:
        tally.add(Kind(row.queue, task_name(row.task), Fact.JOB_DELETED, row.state))
    return tally


def fact(what: Fact, name: str = "", n: int = 1) -> Tally:
    """Count *n* of *what*."""
    return Tally({Kind(name, verb=what): (n, 0)} if n else {})


def task_name(name: str | None) -> str:
    """Return the name of a task as it is counted; a command's is blank."""
    return "" if name is None else name[:LONGEST_TASK]
