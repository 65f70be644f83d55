"""What an error has in common with others: the text without what differs from run to run. Pure.

Deleting too much puts two faults into one group, too little one fault into many: what people name
faults by (types, functions, exit codes) stays, what a run brings along (ids, places, times) goes.
"""

import hashlib
import re

_LONGEST = 10_000  # characters; a traceback tells most at its end
_DIGITS = 12

_FRAME = re.compile(r'^File "(?P<file>[^"\n]*)", line \d+(?:, in (?P<where>.+))?$')
# What Python draws beside the frames of a group of exceptions.
_MARGIN = re.compile(r"^[\s|]*(?:\+-[+-]*)?[\s|]*")
_NOISE = re.compile(r"^(?:[~^]+|\[Previous line repeated .*|-+ \d+ -+|-+)$")

_SEPARATOR = re.compile(r"[\\/]")
_QUOTED = re.compile(
    r"""(?<!\w)(?:'(?:\\.|[^'\\\n]){0,1000}'|"(?:\\.|[^"\\\n]){0,1000}"|`[^`\n]{0,1000}`)(?!\w)"""
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+\b")
_PATH = re.compile(r"(?<![\w.~@+/\\-])(?:[A-Za-z]:)?[\w.~@+-]*(?:[\\/][\w.~@+=-]*)+")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b", re.IGNORECASE)
_HEX = re.compile(
    r"\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b", re.IGNORECASE
)
_TIME = re.compile(
    r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_UNIT = r"(?:ns|us|µs|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)"
_DURATION = re.compile(rf"\b(?:\d+(?:\.\d+)? ?{_UNIT})+\b")
_SIZE = re.compile(r"\b\d+(?:\.\d+)? ?(?:[kKMGT]i?)?(?:B|bytes?)\b")
# A code names the fault; other numbers are this run's.
_CODE = re.compile(
    r"\b(?P<word>exit code|exit status|status code|status|signal|errno|error|code|HTTP(?:/\d\.\d)?)"
    r"(?P<gap>[ :=#(\[]{1,2})(?P<code>-?\d{1,5})\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,:_-]\d+)*")


def fingerprint(error: str) -> str:
    """Return a short name for every error that differs from *error* only by what a run brings."""
    digest = hashlib.sha256(normalised(error).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:_DIGITS]


def normalised(error: str) -> str:
    """Return *error* without ids, numbers, places, times, quoted names and source lines."""
    lines: list[str] = []
    frame_indent: int | None = None
    for raw in error[-_LONGEST:].splitlines():
        line = _MARGIN.sub("", raw).strip()
        indent = len(raw) - len(_MARGIN.sub("", raw))
        if frame := _FRAME.match(line):
            frame_indent, line = indent, _place(frame["file"], frame["where"])
        elif _NOISE.match(line) or (frame_indent is not None and indent > frame_indent):
            continue  # a line of source stands further in than its frame
        else:
            frame_indent, line = None, _plain(line)
        # A recursion repeats its frames as often as the stack was deep.
        if line and line not in lines[-1:]:
            lines.append(line)
    return "\n".join(lines)


def _place(file: str, where: str | None) -> str:
    name = _SEPARATOR.split(file)[-1]
    return f"at {name} {where or ''}".rstrip()


def _plain(line: str) -> str:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match["code"])
        return f"{match['word']} \0"

    line = _CODE.sub(keep, line)
    for pattern, name in _GONE:
        line = pattern.sub(name, line)
    line = _PATH.sub(_path, line)
    line = _NUMBER.sub("N", line)
    for code in kept:
        line = line.replace("\0", code, 1)
    return " ".join(line.split())


_GONE = (
    (_URL, "URL"),
    (_QUOTED, "Q"),
    (_EMAIL, "EMAIL"),
    (_TIME, "TIME"),
    (_UUID, "ID"),
    (_HEX, "HEX"),
    (_DURATION, "DURATION"),
    (_SIZE, "SIZE"),
)


def _path(match: re.Match[str]) -> str:
    # "and/or" is no path: one begins at a root, or names a file or something numbered.
    text = match[0]
    rooted = text[0] in "/\\~." or text[1:2] == ":"
    return "PATH" if rooted or re.search(r"[.\d]", text) else text
