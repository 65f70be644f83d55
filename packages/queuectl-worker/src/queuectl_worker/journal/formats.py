"""A log record as one line: a JSON object, or words and `name=value` pairs.

Both write times in ISO 8601 in UTC with milliseconds, and neither lets a stored text move a
terminal: whatever is not printable is written out.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# What every record has; the rest came by `extra`.
_PLAIN = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
_BARE = re.compile(r"[\w.:/@+-]+", re.ASCII)


class JsonFormatter(logging.Formatter):
    """One JSON object a record: `time level logger message`, its facts, `exception` if it has one.

    A fact is an attribute given by `extra`; what JSON cannot carry becomes text.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line of ASCII."""
        said = {
            "time": instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        document = {**said, **{name: v for name, v in facts(record).items() if name not in said}}
        if (trace := _trace(self, record)) is not None:
            document["exception"] = trace
        return json.dumps(document, default=str)


class TextFormatter(logging.Formatter):
    """`TIME LEVEL MESSAGE name=value …`; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line, and one more for each of a traceback."""
        words = [instant(record), record.levelname.ljust(7), _printable(record.getMessage())]
        words += [f"{name}={_value(value)}" for name, value in facts(record).items()]
        lines = [" ".join(words)]
        if (trace := _trace(self, record)) is not None:
            lines += [f"  {_printable(line)}" for line in trace.splitlines()]
        return "\n".join(lines)


def instant(record: logging.LogRecord) -> str:
    """Return when *record* was made, such as `2026-11-29T08:15:00.123Z`."""
    made = datetime.fromtimestamp(record.created, UTC)
    return made.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def facts(record: logging.LogRecord) -> Mapping[str, Any]:
    """Return what was given by `extra`, but for what is None."""
    return {n: v for n, v in vars(record).items() if n not in _PLAIN and v is not None}


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    if record.exc_info and record.exc_info[0] is not None:
        return formatter.formatException(record.exc_info)
    return record.exc_text


def _value(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
