"""Moments in time as people write and read them. Pure: the present comes in."""

import re
from datetime import datetime, timedelta

from queuectl.exits import UsageProblem
from queuectl_store import parse_duration_ms
from queuectl_store.instants import moment_of

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?")
_CLOCK = re.compile(r"(?:(today|tomorrow)\s+)?(?:at\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?")
_RELATIVE = re.compile(r"(?:in\s+|\+)(\S.*)")
_FORMS = "write 2026-04-01T18:30, 18:30, 'tomorrow 09:00' or +10m"


def parse_span(text: str, *, what: str) -> int:
    """Return a length of time in milliseconds: `90` (seconds), `30s`, `10m`, `1h30m`, `2d`.

    Raises:
        UsageProblem: It is none; *what* names where it was given.
    """
    try:
        return parse_duration_ms(text)
    except ValueError as error:
        raise UsageProblem(f"{what} {text!r} is not a length of time; {error}") from error


def parse_moment(text: str, *, now: datetime) -> datetime:
    """Return the instant that *text* names, in the zone of *now*.

    A bare `18:30` is the next one. A time without a zone is local.

    Raises:
        UsageProblem: It is not a time, or could mean several.
    """
    words = text.strip()
    if words == "now":
        return now
    if _ISO.fullmatch(words):
        return _iso(words, now)
    if found := _RELATIVE.fullmatch(words):
        span_ms = parse_span(found[1], what="the time")
        try:
            return now + timedelta(milliseconds=span_ms)
        except OverflowError as error:
            raise UsageProblem(f"{text!r} is beyond the year 9999") from error
    if found := _CLOCK.fullmatch(words):
        return _clock(found, now, text)
    raise UsageProblem(f"{text!r} is not a time; {_FORMS}")


def parse_past(text: str, *, now: datetime) -> datetime:
    """Return the instant that *text* names, in the zone of *now*: `10m` is ten minutes ago.

    A bare `18:30` is the latest one.

    Raises:
        UsageProblem: It is not a time, or lies ahead.
    """
    words = text.strip()
    try:
        return now - timedelta(milliseconds=parse_duration_ms(words))
    except (ValueError, OverflowError):
        pass
    is_yesterday = words.startswith("yesterday")
    moment = parse_moment(words.replace("yesterday", "today", 1), now=now)
    if is_yesterday or (moment > now and _CLOCK.fullmatch(words)):
        # Through a naive time, so that the zone's own offset on that day applies.
        moment = (moment.replace(tzinfo=None) - timedelta(days=1)).astimezone()
    if moment > now:
        raise UsageProblem(f"{text!r} lies ahead; say since when, as in 10m, 2d or 18:30")
    return moment


def describe_moment(moment: datetime, *, now: datetime) -> str:
    """Return the instant with its zone and how far away it is."""
    # Imported here: it costs a tenth of a command's start, and only delayed jobs need it.
    import humanize

    shown = f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname()}"
    if moment <= now:
        return f"{shown} (now)"
    try:
        distance = humanize.precisedelta(moment - now, minimum_unit="seconds", format="%0.0f")
    except OverflowError:  # so far that its mirror image lies before the year 1
        return shown
    return f"{shown} (in {distance})"


def local_time(ms: int) -> datetime:
    """Return UTC milliseconds as a local time that knows its zone."""
    return moment_of(ms, None)


def to_ms(moment: datetime) -> int:
    """Return the instant as UTC milliseconds."""
    return round(moment.timestamp() * 1000)


def short_span(ms: int) -> str:
    """Return a length of time in its two largest units: `0.4s`, `12s`, `3m20s`, `5h2m`, `9d4h`."""
    seconds = max(0, ms) / 1000
    if seconds < 9.95:  # above, it would be written `10.0s`
        return f"{seconds:.1f}s"
    whole = max(10, int(seconds))
    for size, unit, below, lesser in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "m"),
        (60, "m", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size}{unit}" + (f"{rest}{lesser}" if rest else "")
    return f"{whole}s"


def _iso(words: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(words.upper().replace(" ", "T"))
    except ValueError as error:
        raise UsageProblem(f"{words!r} is not a time: {error}; {_FORMS}") from error
    try:
        return (moment if moment.tzinfo else moment.astimezone()).astimezone(now.tzinfo)
    except (OverflowError, ValueError) as error:
        if moment.tzinfo is not None:
            return moment
        raise UsageProblem(f"{words!r} is not a time in this zone; {_FORMS}") from error


def _clock(found: re.Match[str], now: datetime, text: str) -> datetime:
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise UsageProblem(f"{text!r} is not a time of day; {_FORMS}")
    day = now + timedelta(days=1) if found[1] == "tomorrow" else now
    # Through a naive time, so that the zone's own offset on that day applies.
    naive = day.replace(hour=hour, minute=minute, second=second, microsecond=0, tzinfo=None)
    moment = naive.astimezone()
    if found[1] is None and moment <= now:
        moment = (naive + timedelta(days=1)).astimezone()
    return moment
