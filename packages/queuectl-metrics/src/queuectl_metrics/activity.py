"""What a queue did lately and what it holds now, for `queuectl status` and the dashboard."""

from collections.abc import Mapping
from dataclasses import fields

from queuectl_store import Counts, JobState, Look, Verb
from queuectl_store.values import dataclass

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

# Up to so many moves the log of the last minute is counted; beyond, two minutes' counts will do.
_COUNTED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How many times something happened in one stretch of time.

    Attributes:
        started: Runs that began; a job that is retried starts several times.
        failed: Runs that failed and are to be retried.
        dead: Jobs that went to the dead letter queue.
        cancelled: Jobs that a person stopped, whether they waited or ran.
    """

    enqueued: int = 0
    started: int = 0
    succeeded: int = 0
    failed: int = 0
    dead: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The last minute, hour and day, and the jobs there are now.

    The hour and the day begin with a minute, and are shorter by up to one. Of more than 20,000
    moves a minute the last minute is reckoned from the counts of this one and the one before.

    Attributes:
        at: UTC milliseconds at which the three stretches end.
        counts: Jobs in each state, over all queues; every state is named, at zero too.
    """

    at: int
    minute: Moves
    hour: Moves
    day: Moves
    counts: Mapping[JobState, int]


def activity(store: Look, *, now: int | None = None) -> Activity:
    """Read what *store* did lately and what it holds.

    Args:
        now: UTC milliseconds at which the stretches end; by default the store's own clock.
    """
    at = store.reader.now_ms() if now is None else now
    return Activity(
        at=at,
        minute=_minute(store, at),
        hour=_since(store, at - HOUR_MS),
        day=_since(store, at - DAY_MS),
        counts=total(store.reader.counts()),
    )


def total(by_queue: Mapping[str, Mapping[JobState, int]]) -> dict[JobState, int]:
    """Add up the counts of all queues, with a zero for each state that has no job."""
    return {state: sum(counts.get(state, 0) for counts in by_queue.values()) for state in JobState}


def _since(store: Look, at: int) -> Moves:
    counts = store.rollups.since("store", since_ms=at + -at % MINUTE_MS)
    return _moves(counts.get("", Counts()))


def _minute(store: Look, at: int) -> Moves:
    begun = at - at % MINUTE_MS
    minutes = store.rollups.minutes("store", "", since_ms=begun - MINUTE_MS)
    last = {each.at: _moves(each.counts) for each in minutes}
    now, before = last.get(begun, Moves()), last.get(begun - MINUTE_MS, Moves())
    if sum(getattr(each, name) for each in (now, before) for name in _NAMES) < _COUNTED:
        return _logged(store, since_ms=at - MINUTE_MS)
    share = 1 - (at - begun) / MINUTE_MS
    sums = {name: getattr(now, name) + round(share * getattr(before, name)) for name in _NAMES}
    return Moves(**sums)


_NAMES = tuple(each.name for each in fields(Moves))


def _moves(counts: Counts) -> Moves:
    return Moves(
        enqueued=counts.enqueued,
        started=counts.started,
        succeeded=counts.finished.get(JobState.SUCCEEDED, 0),
        failed=counts.retries,
        dead=counts.finished.get(JobState.DEAD, 0),
        cancelled=counts.finished.get(JobState.CANCELLED, 0),
    )


def _logged(store: Look, *, since_ms: int) -> Moves:
    counts = store.reader.event_counts(since_ms=since_ms)
    return Moves(
        enqueued=counts.get(Verb.ENQUEUE, 0),
        started=counts.get(Verb.CLAIM, 0),
        succeeded=counts.get(Verb.SUCCEED, 0),
        failed=counts.get(Verb.BACK_OFF, 0),
        dead=counts.get(Verb.DIE, 0) + counts.get(Verb.GIVE_UP, 0),
        # A waiting job is cancelled at once, a running one is stopped by its worker.
        cancelled=counts.get(Verb.CANCEL, 0) + counts.get(Verb.STOP, 0),
    )
