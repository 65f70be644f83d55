"""What both databases can hold: numbers and texts are fitted to it on their way in.

Beyond the largest number of 64 bits there is no id and no time, so the nearest one says the same.
"""

from typing import TypeVar

INT32 = 2**31 - 1
INT64 = 2**63 - 1
MAX_RESULT = 1_048_576  # characters of JSON; a job itself may have as many bytes
# Characters that are kept of an error, a reason or a report of progress.
MAX_WORDS = 10_000
MAX_MS = 253_402_300_799_999  # the last millisecond of the year 9999

Number = TypeVar("Number", int, int | None)
Text = TypeVar("Text", str, str | None)


def whole(number: Number) -> Number:
    """Return the nearest number that a column of 64 bits holds."""
    if number is None or -INT64 <= number <= INT64:
        return number
    return INT64 if number > 0 else -INT64


def small(number: Number) -> Number:
    """Return the nearest number that a column of 32 bits holds."""
    if number is None or -INT32 <= number <= INT32:
        return number
    return INT32 if number > 0 else -INT32


def delay(ms: Number) -> Number:
    """Return the nearest delay that ends before the year 10000."""
    return ms if ms is None else max(0, min(ms, MAX_MS // 2))


def is_whole(value: object) -> bool:
    """Tell whether *value* is a whole number; true and false are not meant as one."""
    return isinstance(value, int) and not isinstance(value, bool)


def instant(ms: Number) -> Number:
    """Return the nearest moment from 1970 to 9999."""
    return ms if ms is None else max(0, min(ms, MAX_MS))


def clean(text: Text) -> Text:
    """Make *text* storable in both databases: NUL and lone surrogates become visible escapes."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def words(text: Text) -> Text:
    """Make *text* storable and no longer than anybody reads; an ellipsis ends what was cut."""
    if text is not None and len(text) > MAX_WORDS:
        text = f"{text[:MAX_WORDS]}…"
    return clean(text)
