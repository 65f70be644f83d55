"""The one gate for stored text on its way to a terminal.

Commands, names, tags and errors are other people's text: a control sequence in them could rewrite
the screen, and a bidirectional override could make a command read as another one.
"""

import re
import unicodedata

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Joiners shape emoji and several scripts; they move nothing on the screen.
_HARMLESS = frozenset("\u200c\u200d")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTES = range(0xDC80, 0xDD00)
_SUSPECT = re.compile(r"[^ -~]")

# Colour and weight only: `ESC [ numbers m`. Everything else that starts with ESC moves or asks.
_SGR = rb"\x1b\[[0-9;:]*m"
_LOG_CONTROL = re.compile(rb"(" + _SGR + rb")|[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")


def safe_text(text: str) -> str:
    """Return *text* on one line with everything that a terminal would obey written out.

    Bytes that were not UTF-8 read `\\xNN`; other hidden characters read `\\uNNNN`.
    """
    return _SUSPECT.sub(lambda found: _visible(found[0]), text)


def safe_output(output: bytes) -> bytes:
    """Return a job's output for a terminal: lines, tabs and colours stay, other controls are dropped.

    A lone carriage return becomes a line end, so that progress bars stay readable.
    """
    lines = output.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _LOG_CONTROL.sub(lambda found: found[1] or b"", lines)


def _visible(char: str) -> str:
    if char in _HARMLESS or unicodedata.category(char) not in _UNSAFE_CATEGORIES:
        return char
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
