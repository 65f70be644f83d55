"""Times and lengths of time as programs write them. Nothing here depends on a local zone."""

from datetime import datetime

from queuectl_dashboard.api.input import BadInput
from queuectl_store import parse_duration_ms

MOST_MS = 100 * 366 * 86_400_000


def read_span(value: float | str, *, what: str) -> int:
    """Return a length of time in milliseconds: seconds, or text such as `10m`.

    Raises:
        BadInput: It is none.
    """
    try:
        span = parse_duration_ms(value) if isinstance(value, str) else round(value * 1000)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{what} is a length of time: seconds, or 30s, 10m, 2d") from error
    if not 0 <= span <= MOST_MS:
        raise BadInput(f"{what} is from 0 to a hundred years")
    return span


def read_moment(text: str, *, what: str) -> int:
    """Return ISO 8601 with its zone as UTC milliseconds.

    Raises:
        BadInput: It is no time, or has no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("it has no zone")  # noqa: TRY301
        at_ms = round(moment.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{what} is a time like 2026-04-01T18:30:00Z, with its zone") from error
    if at_ms < 0:
        raise BadInput(f"{what} lies before 1970")
    return at_ms


def read_since(text: str, *, now_ms: int) -> int:
    """Return when a stretch begins: how long ago, or a time with its zone.

    Raises:
        BadInput: It is neither.
    """
    try:
        return max(0, now_ms - parse_duration_ms(text))
    except (ValueError, OverflowError):
        return read_moment(text, what="since, where it is not like 10m or 2d,")
