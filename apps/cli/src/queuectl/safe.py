"""The one gate for stored text on its way to a terminal.

Commands, names, tags and errors are other people's text: a control sequence in them could rewrite
the screen, and a bidirectional override could make a command read as another one.
"""

import codecs
import re
import unicodedata

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Joiners shape emoji and several scripts; they move nothing on the screen.
_HARMLESS = frozenset("\u200c\u200d")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTES = range(0xDC80, 0xDD00)
_SUSPECT = re.compile(r"[^ -~]")

# Colour and weight only: `ESC [ numbers m`. Everything else that starts with ESC moves or asks.
_CONTROL = re.compile(
    "(\x1b\\[[0-9;:]*m)"
    "|\x1b\\[[0-?]*[ -/]*[@-~]"  # other control sequences
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)"  # titles, clipboards, device strings
    "|\x1b[ -/]*[0-~]?"  # what is left of ESC and the one character that it takes
    "|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
# A sequence, or a line end, that the next piece may complete.
_UNFINISHED = re.compile("(?:\x1b(?:\\[[0-?]*[ -/]*|[\\]PX^_][^\x07\x1b]*\x1b?)?|\r)\\Z")
_LONGEST_HELD = 4_096


def safe_text(text: str) -> str:
    """Return *text* on one line with everything that a terminal would obey written out.

    Bytes that were not UTF-8 read `\\xNN`; other hidden characters read `\\uNNNN`.
    """
    return _SUSPECT.sub(lambda found: _visible(found[0]), text)


class OutputFilter:
    """Makes a job's output fit for a terminal: lines, tabs and colours pass, other controls do not.

    A lone carriage return becomes a line end, so that progress bars stay readable. Sequences may
    be cut anywhere between two pieces.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, piece: bytes, *, is_last: bool = False) -> bytes:
        """Return what may be shown by now."""
        text = self._held + self._decoder.decode(piece, is_last)
        self._held = ""
        unfinished = None if is_last else _UNFINISHED.search(text)
        if unfinished and len(unfinished[0]) <= _LONGEST_HELD:
            self._held, text = unfinished[0], text[: unfinished.start()]
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        return _CONTROL.sub(lambda found: found[1] or "", lines).encode()


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
