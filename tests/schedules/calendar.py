"""Slots by brute force, from sets of numbers: what the cadence is held against.

It knows nothing of cron's text nor of transitions: it lists local times day by day and asks the
zone which instants show them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ALL_HOURS = frozenset(range(24))
ALL_MINUTES = frozenset(range(60))
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cron text beside what it means; *is_fixed*: neither its minute nor its hour is starred."""

    cron: str
    tz: str
    hours: frozenset[int]
    minutes: frozenset[int]
    days: frozenset[int] | None = None
    months: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None  # Monday is 0

    @property
    def is_fixed(self) -> bool:
        minute, hour, *_ = self.cron.split()
        return not minute.startswith("*") and not hour.startswith("*")

    def is_day(self, day: date) -> bool:
        return (
            (self.days is None or day.day in self.days)
            and (self.months is None or day.month in self.months)
            and (self.weekdays is None or day.weekday() in self.weekdays)
        )


def expected(rule: Rule, start: datetime, end: datetime) -> list[int]:
    """The slots from *start* to before *end*, in milliseconds."""
    zone = ZoneInfo(rule.tz)
    offsets = offsets_of(zone, start, end)
    slots = {
        slot
        for local in local_times(rule, start.date() - timedelta(days=2), end.date())
        for slot in instants(local, zone, offsets, is_fixed=rule.is_fixed)
        if start <= slot < end
    }
    return sorted(round(slot.timestamp() * 1000) for slot in slots)


def local_times(rule: Rule, first: date, last: date) -> Iterator[datetime]:
    day = first
    while day <= last + timedelta(days=1):
        if rule.is_day(day):
            for hour in rule.hours:
                for minute in rule.minutes:
                    yield datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001
        day += timedelta(days=1)


def instants(
    local: datetime, zone: ZoneInfo, offsets: set[timedelta], *, is_fixed: bool
) -> list[datetime]:
    shown = sorted(
        instant
        for instant in ((local - offset).replace(tzinfo=UTC) for offset in offsets)
        if instant.astimezone(zone).replace(tzinfo=None) == local
    )
    if not is_fixed:
        return shown
    return shown[:1] or [first_after_gap(local, zone)]


def first_after_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute whose local time is past *local*, which no clock shows."""
    instant = local.replace(tzinfo=UTC) - timedelta(hours=26)
    while instant.astimezone(zone).replace(tzinfo=None) < local:
        instant += timedelta(minutes=1)
    return instant


def offsets_of(zone: ZoneInfo, start: datetime, end: datetime) -> set[timedelta]:
    found, instant = set(), start - timedelta(days=3)
    while instant < end + timedelta(days=3):
        found.add(instant.astimezone(zone).utcoffset() or timedelta())
        instant += _HOUR
    return found
