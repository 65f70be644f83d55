"""Stored text made fit to show: what a terminal or a text layout would obey becomes visible.

Escaping for HTML is Jinja's work and comes after this.
"""

import re
from typing import Any

from markupsafe import Markup

# Bidirectional marks reorder what a reader sees: `exe.txt` may be shown for `txt.exe`.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# ECMA-48 control sequences, and the strings that OSC, DCS, SOS, PM and APC open.
_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]", re.DOTALL
)


def shown(value: Any) -> Any:
    """Make text visible and leave other values be: Jinja calls this on all that a page prints."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def visible(text: str) -> str:
    """Write control, bidirectional and undecodable characters as escapes; not newlines and tabs."""
    return _HIDDEN.sub(_escape, text)


def log_text(output: bytes) -> str:
    """Read a run's *output* as plain lines: colours dropped, overwritten lines as they ended up."""
    text = _SEQUENCES.sub("", output.decode("utf-8", "backslashreplace"))
    return "\n".join(map(_as_left, text.replace("\r\n", "\n").split("\n")))


def _as_left(line: str) -> str:
    # A progress bar returns to the start of its line: what it wrote last is what was left to see.
    return line.rstrip("\r").rpartition("\r")[2]


def _escape(match: re.Match[str]) -> str:
    point = ord(match.group())
    if 0xDC80 <= point <= 0xDCFF:  # a byte that was not UTF-8
        return f"\\x{point - 0xDC00:02x}"
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"
