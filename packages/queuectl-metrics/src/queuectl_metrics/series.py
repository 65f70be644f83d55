"""Time series for charts, and what a stretch of time adds up to, for the dashboard and the CLI.

Read from the store's rollups: the same numbers for every process, and the same cost with ten jobs
or ten million. Minutes are kept for 48 hours, hours for 90 days.
"""

from collections.abc import Mapping
from dataclasses import field

from queuectl_store import Counts, Histogram, JobState, Look, Stretch, Total
from queuectl_store.values import dataclass

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
# How far back a window may reach, by whether it is made of minutes or of hours.
LONGEST_S = {60: 48 * 3600, 3600: 90 * 24 * 3600}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One step of a window.

    Attributes:
        at: UTC milliseconds at which the step began.
        started: Attempts that began.
        attempts: Attempts that ended, by outcome: `succeeded`, `failed`, `crashed`, `snoozed`,
            `released`, `cancelled`.
        finished: Jobs that came to a final state, by it.
        retries: Attempts that failed and are followed by another one.
        waits: From when a job could have been claimed until it was.
        runs: How long the attempts took that ended, whatever their outcome.
        depth: How many jobs there were in each state at the end of the step; states without jobs
            are left out. Not known of a task's commands before counting began.
    """

    at: int
    enqueued: int = 0
    started: int = 0
    attempts: Mapping[str, int] = field(default_factory=dict)
    finished: Mapping[JobState, int] = field(default_factory=dict)
    retries: int = 0
    waits: Histogram = field(default_factory=Histogram)
    runs: Histogram = field(default_factory=Histogram)
    depth: Mapping[JobState, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Attempts that failed, were they retried or not, and those whose worker vanished."""
        return self.attempts.get("failed", 0) + self.attempts.get("crashed", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Points at equal distances, oldest first; the last one is still going on.

    Attributes:
        since: UTC milliseconds at which the first point begins.
        until: UTC milliseconds now.
        step_s: Seconds from one point to the next.
    """

    since: int
    until: int
    step_s: int
    points: tuple[Point, ...]

    @property
    def seconds(self) -> float:
        """How long it is; divide by it for a rate."""
        return (self.until - self.since) / 1000


def window(
    store: Look,
    *,
    queue: str | None = None,
    task: str | None = None,
    seconds: int = 3600,
    step: int = 60,
    now: int | None = None,
) -> Window:
    """Return the last *seconds* of the whole store, of one queue or of one task.

    It begins at a multiple of *step*, so it may be longer by up to one step.

    Args:
        queue: Its name, or `other` for what is beyond 200 names.
        task: Its name; blank for all commands, `other` for what is beyond 200 names.
        step: A multiple of 60; of 3600, the hours serve, which reach back 90 days and not 48 hours.
        now: UTC milliseconds at which it ends; by default the store's own clock.

    Raises:
        ValueError: Both a queue and a task are named, or *step* or *seconds* cannot be had.
    """
    scope, name = _scope(queue, task)
    until = store.reader.now_ms() if now is None else now
    since = _beginning(seconds, step, until)
    read = store.rollups.minutes if step % 3600 else store.rollups.hours
    stretches = read(scope, name, since_ms=since)
    depth = _depth(store, scope, name)
    return _window(stretches, depth, since=since, until=until, step=step)


def windows(
    store: Look, *, by: str, seconds: int = 3600, step: int = 60, now: int | None = None
) -> dict[str, Window]:
    """Return the same of every queue, or every task, in which something happened, by name.

    Args:
        by: `queue` or `task`.
    """
    until = store.reader.now_ms() if now is None else now
    since = _beginning(seconds, step, until)
    read = store.rollups.minutes if step % 3600 else store.rollups.hours
    stretches: dict[str, list[Stretch]] = {}
    for each in read(by, since_ms=since):
        stretches.setdefault(each.name, []).append(each)
    totals = store.rollups.totals()
    known = totals.queues if by == "queue" else totals.tasks
    return {
        name: _window(some, _net(known.get(name)), since=since, until=until, step=step)
        for name, some in sorted(stretches.items())
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What happened since *since*, UTC milliseconds, until *until*.

    Attributes:
        counts: Of the minutes from the one of *since* on.
    """

    since: int
    until: int
    counts: Counts

    @property
    def throughput(self) -> float:
        """Attempts that ended a second."""
        ended = sum(self.counts.attempts.values())
        return ended / max(1, self.until - self.since) * 1000


def summaries(store: Look, *, by: str, seconds: int, now: int | None = None) -> dict[str, Summary]:
    """Return what the last *seconds*, 48 hours at most, add up to, by name.

    It begins with a minute, so it may be longer by up to a minute.

    Args:
        by: `store` (the one name is blank), `queue` or `task`.
    """
    until = store.reader.now_ms() if now is None else now
    since = _beginning(seconds, 60, until)
    return {
        name: Summary(since=since, until=until, counts=counts)
        for name, counts in sorted(store.rollups.since(by, since_ms=since).items())
    }


def _scope(queue: str | None, task: str | None) -> tuple[str, str]:
    if queue is not None and task is not None:
        raise ValueError("a window is of a queue or of a task, not of both")
    if queue is not None:
        return "queue", queue
    return ("store", "") if task is None else ("task", task)


def _beginning(seconds: int, step: int, until: int) -> int:
    longest = LONGEST_S[60 if step % 3600 else 3600]
    if step < 60 or step % 60:
        raise ValueError(f"a step is a multiple of 60 seconds, not {step}")
    if not 0 < seconds <= longest:
        raise ValueError(f"a window of such steps is 1 to {longest} seconds, not {seconds}")
    start = until - seconds * 1000
    return start - start % (step * 1000)


def _depth(store: Look, scope: str, name: str) -> Mapping[JobState, int]:
    totals = store.rollups.totals()
    if scope == "store":
        return _net(totals.store)
    return _net((totals.queues if scope == "queue" else totals.tasks).get(name))


def _net(total: Total | None) -> Mapping[JobState, int]:
    return {} if total is None else total.counts.net


def _window(
    stretches: list[Stretch],
    depth: Mapping[JobState, int],
    *,
    since: int,
    until: int,
    step: int,
) -> Window:
    step_ms = step * 1000
    some: dict[int, list[Counts]] = {}
    for each in stretches:
        some.setdefault(each.at - each.at % step_ms, []).append(each.counts)
    points: list[Point] = []
    now = dict(depth)
    # Backwards from what there is now: exact wherever the window begins.
    for at in reversed(range(since, until + 1, step_ms)):
        counts = Counts.total(some.get(at, ()))
        points.append(_point(at, counts, now))
        for state, more in counts.net.items():
            now[state] = now.get(state, 0) - more
    return Window(since=since, until=until, step_s=step, points=tuple(reversed(points)))


def _point(at: int, counts: Counts, depth: Mapping[JobState, int]) -> Point:
    return Point(
        at=at,
        enqueued=counts.enqueued,
        started=counts.started,
        attempts=counts.attempts,
        finished=counts.finished,
        retries=counts.retries,
        waits=counts.waits,
        runs=counts.duration,
        depth={state: n for state, n in depth.items() if n > 0},
    )
