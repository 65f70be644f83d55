"""When a schedule is due: cron in a time zone, or a fixed interval. Pure.

A slot is the UTC millisecond for which a job is made. Slots only ever grow: each is later than
the one before it, whatever clocks are set forward or back (docs/schedules.md).
"""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from queuectl_store.errors import InvalidSchedule
from queuectl_store.values import dataclass

LEAST_EVERY_MS = 1_000
MOST_EVERY_MS = 10 * 366 * 86_400_000
_LONGEST = 200  # characters of an expression
_NAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
# No zone has changed its offset and changed it back within so short a time.
_STEP = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Five or six fields (seconds first), or a name such as `@hourly`, in a zone's local time."""

    expression: str
    tz: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Each *ms* milliseconds after *since*, by elapsed time; the first is one interval later."""

    ms: int
    since: int


Cadence = Cron | Every


def check(cadence: Cadence) -> None:
    """Refuse what never comes, or cannot be read.

    Raises:
        InvalidSchedule: The message says which part, and what to write.
    """
    if isinstance(cadence, Every):
        if not LEAST_EVERY_MS <= cadence.ms <= MOST_EVERY_MS:
            raise InvalidSchedule("an interval must be from 1 second to 10 years")
        return
    check_zone(cadence.tz)
    start = datetime(2000, 1, 1, tzinfo=UTC)
    if next(_cron_slots(cadence, start), None) is None:
        raise InvalidSchedule(f"{cadence.expression!r} names a date that never comes")


def check_zone(name: str) -> None:
    """Refuse a zone that is not in the IANA database, by its exact name.

    Raises:
        InvalidSchedule: There is none; the message suggests the nearest.
    """
    import difflib
    from zoneinfo import available_timezones

    known = available_timezones()
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    hint = f"did you mean {near[0]!r}?" if near else "write it like Europe/Berlin or UTC"
    raise InvalidSchedule(f"there is no time zone {name[:60]!r}; {hint}")


def slots_after(cadence: Cadence, after: int) -> Iterator[int]:
    """Give the slots later than *after*, in order; they end with the year 9999.

    Raises:
        InvalidSchedule: The expression or its zone cannot be read.
    """
    if isinstance(cadence, Every):
        first = max(1, (after - cadence.since) // cadence.ms + 1)
        return itertools.count(cadence.since + first * cadence.ms, cadence.ms)
    return map(_ms, _cron_slots(cadence, _EPOCH + timedelta(seconds=after // 1000)))


def next_slots(cadence: Cadence, *, after: int, n: int) -> list[int]:
    """Return the first *n* slots later than *after*; fewer where there are no more."""
    return list(itertools.islice(slots_after(cadence, after), n))


def slots_between(cadence: Cadence, *, after: int, until: int, limit: int) -> list[int]:
    """Return the first *limit* slots later than *after* and not later than *until*."""
    slots = itertools.takewhile(lambda slot: slot <= until, slots_after(cadence, after))
    return list(itertools.islice(slots, limit))


def latest_slots(cadence: Cadence, *, after: int, until: int, limit: int) -> list[int]:
    """Return the last *limit* slots later than *after* and not later than *until*, in order.

    Its cost does not grow with the number of slots that are passed over.
    """
    low, high = after, until
    found = slots_between(cadence, after=low, until=until, limit=limit + 1)
    if len(found) <= limit:
        return found
    while high - low > 1:  # too many slots after low, not too many after high
        middle = (low + high) // 2
        if len(slots_between(cadence, after=middle, until=until, limit=limit + 1)) > limit:
            low = middle
        else:
            high = middle
    return slots_between(cadence, after=high, until=until, limit=limit)


def in_words(cadence: Cadence) -> str:
    """Say the cadence in English; an interval as a length of time."""
    if isinstance(cadence, Every):
        return f"every {_length(cadence.ms)}"
    start = datetime(2000, 1, 1)  # noqa: DTZ001 any will do
    return str(_simulated(_fields(cadence.expression), start).explain())


def _cron_slots(cron: Cron, after: datetime) -> Iterator[datetime]:
    zone = _zone(cron.tz)
    expression = _fields(cron.expression)
    # As Debian's cron has it: a time of day is fixed unless one of its fields begins with a star.
    is_fixed = not any(field.startswith("*") for field in expression.split()[:3])
    slots = _fixed(expression, zone, after) if is_fixed else _elapsed(expression, zone, after)
    try:
        yield from slots
    except InvalidSchedule as error:
        raise InvalidSchedule(f"{cron.expression!r} cannot be read: {error}") from error
    except (OverflowError, ValueError):  # past the year 9999
        return


def _fixed(expression: str, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """Each local time once: the first of two, and right after the gap that it falls into."""
    last = after
    for local in _simulated(expression, _local(after, zone)):
        slot = _instant(local, zone)
        # In the second pass of a repeated hour its local times have been, and several times
        # of one gap come to one instant.
        if slot > last:
            yield slot
            last = slot


def _elapsed(expression: str, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """Every instant whose local time matches: stretch by stretch of one offset."""
    last, start = after, _local(after, zone)
    while True:
        for local in _simulated(expression, start):
            slot = (local - _offset(last, zone)).replace(tzinfo=UTC)
            change = _change(zone, last, slot)
            if change is not None:
                last, start = change, _local(change, zone) - _SECOND
                break
            yield slot
            last = slot
        else:
            return


def _instant(local: datetime, zone: tzinfo) -> datetime:
    aware = local.replace(tzinfo=zone)
    slot = aware.astimezone(UTC)
    if _local(slot, zone) == local:
        return slot
    # No clock shows it: with fold it stands as far before the change as without it after.
    return _change(zone, aware.replace(fold=1).astimezone(UTC), slot) or slot


def _change(zone: tzinfo, low: datetime, high: datetime) -> datetime | None:
    """Return the first instant after *low*, up to *high*, with another offset than low's."""
    offset = _offset(low, zone)
    while _offset(step := min(high, low + _STEP), zone) == offset:
        if step == high:
            return None
        low = step
    high = step
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
    return high


def _local(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _length(ms: int) -> str:
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)):
        count, ms = divmod(ms, size)
        parts += [f"{count}{unit}"] if count else []
    return " ".join(parts)


def _ms(instant: datetime) -> int:
    return (instant - _EPOCH) // _SECOND * 1000


def _zone(name: str) -> tzinfo:
    # Imported here, as below: most programs that open a store use no schedule.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as error:
        raise InvalidSchedule(f"there is no time zone {name[:60]!r} on this host") from error


def _fields(expression: str) -> str:
    """Return six fields, seconds first."""
    words = _NAMES.get(expression.strip().lower(), expression).split()
    if len(expression) > _LONGEST or len(words) not in (5, 6):
        raise InvalidSchedule(
            f"{expression[:60]!r} is not cron: write five fields (minute hour day month weekday),"
            f" six with seconds first, or one of {', '.join(_NAMES)}"
        )
    return " ".join(words if len(words) == 6 else ["0", *words])


def _simulated(expression: str, local: datetime) -> Any:
    """Iterate the local times that match, in the order of the calendar, without any zone.

    The library's own zones miss a repeated midnight and can go back in a repeated hour, so that
    what a zone does to local times is decided here.
    """
    from cronsim import CronSim, CronSimError

    try:
        return CronSim(expression, local)
    except CronSimError as error:
        part = re.sub(r"^Bad ", "its field for the ", str(error))
        raise InvalidSchedule(f"{part} does not fit") from error
    except (AssertionError, ValueError) as error:
        raise InvalidSchedule("it is not cron") from error
