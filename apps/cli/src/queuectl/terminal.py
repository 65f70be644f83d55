"""Where a command's words go: data to stdout, talk to stderr, colour only where it is welcome.

Nothing here escapes text: whoever prints stored text passes it through `safe_text` first.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# ENABLE_VIRTUAL_TERMINAL_PROCESSING of the Windows console.
_VIRTUAL_TERMINAL = 0x0004

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class Terminal:
    """The two output streams of one command.

    Attributes:
        quiet: Leave the talk out.
        is_screen: Stdout is a terminal: a person reads it.
        is_live: It can also redraw lines in place.
        color: It may be coloured.
    """

    def __init__(self, *, quiet: bool, color: bool) -> None:
        self.quiet = quiet
        self.is_screen = sys.stdout.isatty()
        is_dumb = os.environ.get("TERM", "") == "dumb"
        self.is_live = self.is_screen and not is_dumb and _obeys_escapes()
        self.color = color and self.is_live and not os.environ.get("NO_COLOR")

    @property
    def can_ask(self) -> bool:
        """A person can see a question and answer it."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def talks_to_person(self) -> bool:
        """The talk on stderr reaches a person."""
        return sys.stderr.isatty() and not self.quiet

    def say(self, text: str) -> None:
        """Tell the person something that is not the result."""
        if not self.quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def line(self, text: str = "") -> None:
        """Print one line of the result."""
        sys.stdout.write(f"{text}\n")
        if self.is_screen:
            sys.stdout.flush()

    def redraw(self, lines: Sequence[str], *, over: int) -> None:
        """Print *lines* over the last *over* lines, which must be the newest on the screen."""
        up = f"\x1b[{over}F" if over else ""
        body = "".join(f"{line}\x1b[K\n" for line in lines)
        # One write, and the rest of the screen cleared after it: nothing flickers.
        sys.stdout.write(f"{up}{body}\x1b[J")
        sys.stdout.flush()

    def flush(self) -> None:
        """Let a reader of stdout have what was printed so far."""
        sys.stdout.flush()

    def document(self, document: Mapping[str, Any]) -> None:
        """Print one JSON document on a line of its own.

        ASCII only: a terminal obeys nothing in it, every code page can carry it, and bytes that
        are not UTF-8 stay what they were, as surrogate escapes.
        """
        self.line(json.dumps(document))

    def long_document(self, document: Mapping[str, Any]) -> None:
        """Print one JSON document whose iterators are lists too long to be held at once."""
        out = sys.stdout
        for n, (name, value) in enumerate(document.items()):
            out.write(f"{'{' if n == 0 else ', '}{json.dumps(name)}: ")
            if not isinstance(value, Iterator):
                out.write(json.dumps(value))
                continue
            out.write("[")
            for place, item in enumerate(value):
                out.write(f"{', ' if place else ''}{json.dumps(item)}")
            out.write("]")
        out.write("}\n")

    def output(self, piece: bytes, *, is_error: bool = False) -> None:
        """Pass bytes of a job's output on, at once; to stderr if *is_error*."""
        stream = sys.stderr if is_error else sys.stdout
        stream.flush()
        stream.buffer.write(piece)
        stream.buffer.flush()

    def printable(self, text: str) -> str:
        """Return *text* as stdout will show it, with what its encoding lacks written out."""
        encoding = sys.stdout.encoding or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def paint(self, text: str, style: str | None) -> str:
        """Return *text* in a style's colour where colours are on."""
        if not self.color or style is None:
            return text
        codes = ";".join(_STYLES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m"


def tolerate_any_text() -> None:
    """Let stdout and stderr print every character, written out where the encoding lacks it.

    A legacy code page or a `C` locale must not turn a stored job into a failed command.
    """
    # A stream that the caller closed is None; writing to it must not fail either.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _obeys_escapes() -> bool:
    """Tell whether stdout's terminal obeys escape sequences; older Windows has to be asked to."""
    if sys.platform != "win32":
        return True
    import ctypes
    import msvcrt

    console = ctypes.windll.kernel32
    handle = msvcrt.get_osfhandle(sys.stdout.fileno())
    mode = ctypes.c_ulong()
    if not console.GetConsoleMode(handle, ctypes.byref(mode)):
        return False
    return bool(console.SetConsoleMode(handle, mode.value | _VIRTUAL_TERMINAL))
