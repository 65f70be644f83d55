"""Which of the slots that are due fire, and which were missed. Pure.

docs/schedules.md states the policies that this file carries out.
"""

from typing import assert_never

from queuectl_store.schedules.cadence import Cadence, latest_slots, next_slots, slots_between
from queuectl_store.schedules.schedule import Missed
from queuectl_store.values import dataclass

# A slot under `skip` may be so late: a worker that restarts at the minute still fires it.
GRACE_MS = 60_000
# So many missed slots of one fire have a row each; the ones before them share one.
MISSED_ROWS = 100
# So many slots of one schedule fire in one transaction; the others in the next ones.
FIRES_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one fire does with a schedule's due slots.

    Attributes:
        stretch: The first and last of those older missed slots that share a row.
        next_at: The earliest slot that is left; it may be due already.
    """

    fire: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()
    stretch: tuple[int, int] | None = None
    next_at: int | None


def plan(cadence: Cadence, *, next_at: int, now: int, missed: Missed, window_ms: int) -> Plan:
    """Decide about the slots from *next_at* to *now*, both included.

    Raises:
        InvalidSchedule: The cadence cannot be read.
    """
    match missed:
        case Missed.ALL:
            return _all(cadence, next_at, now, oldest=now - window_ms)
        case Missed.LAST:
            return _latest(cadence, next_at, now, oldest=next_at)
        case Missed.SKIP:
            return _latest(cadence, next_at, now, oldest=now - GRACE_MS)
        case _:
            assert_never(missed)


def _latest(cadence: Cadence, next_at: int, now: int, *, oldest: int) -> Plan:
    """Let the latest slot fire unless it is older than *oldest*."""
    due = latest_slots(cadence, after=next_at - 1, until=now, limit=MISSED_ROWS + 1)
    fire = tuple(due[-1:]) if due and due[-1] >= oldest else ()
    missed = tuple(due[: len(due) - len(fire)])[-MISSED_ROWS:]
    first = (*missed, *fire)[0] if due else next_at
    return Plan(
        fire=fire,
        missed=missed,
        stretch=_stretch(cadence, next_at, before=first),
        next_at=_next(cadence, after=now),
    )


def _all(cadence: Cadence, next_at: int, now: int, *, oldest: int) -> Plan:
    """Let each slot fire that is not older than *oldest*, the oldest first."""
    missed = latest_slots(cadence, after=next_at - 1, until=min(oldest - 1, now), limit=MISSED_ROWS)
    fire = slots_between(cadence, after=max(next_at, oldest) - 1, until=now, limit=FIRES_AT_ONCE)
    return Plan(
        fire=tuple(fire),
        missed=tuple(missed),
        stretch=_stretch(cadence, next_at, before=missed[0]) if missed else None,
        next_at=_next(cadence, after=fire[-1] if len(fire) == FIRES_AT_ONCE else now),
    )


def _stretch(cadence: Cadence, first: int, *, before: int) -> tuple[int, int] | None:
    if before <= first:
        return None
    last = latest_slots(cadence, after=first - 1, until=before - 1, limit=1)
    return (first, last[0]) if last else None


def _next(cadence: Cadence, *, after: int) -> int | None:
    return next(iter(next_slots(cadence, after=after, n=1)), None)
