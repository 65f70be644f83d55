"""UTC milliseconds, which is how moments are stored, as datetimes."""

from datetime import UTC, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(ms: int, zone: tzinfo | None = UTC) -> datetime:
    """Return UTC milliseconds as a time of *zone*, None for this machine's own.

    Any moment that is stored has one: where the system knows no time of the zone, as Windows past
    the year 3000, or the year would have five digits, it is told in UTC.
    """
    # `fromtimestamp` asks the system, and on Windows fails for what the calendar can say.
    moment = _EPOCH + timedelta(milliseconds=ms)
    try:
        return moment.astimezone(zone)
    except (OSError, OverflowError, ValueError):
        return moment
