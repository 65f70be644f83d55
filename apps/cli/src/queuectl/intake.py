"""Where the jobs of a bulk enqueue come from: the lines of a file, of stdin, or items."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from queuectl.exits import UsageProblem
from queuectl_store.values import dataclass

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_PIECE = 65_536

Line = tuple[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Numbered lines, and how many bytes they are in all where that is known."""

    lines: Iterator[Line]
    size: int | None


@contextmanager
def job_lines(place: str) -> Iterator[Source]:
    """Give the lines of *place* (a path, or `-` for stdin) that ask for a job.

    Raises:
        UsageProblem: It cannot be read.
    """
    with _opened(place) as file:
        yield Source(lines=read_lines(file), size=_size(file))


@contextmanager
def item_lines(place: str, *, ends: bytes) -> Iterator[Source]:
    """Give every item of *place* that is not empty; *ends* ends each."""
    with _opened(place) as file:
        yield Source(lines=read_items(file, ends), size=_size(file))


def item_words(words: Sequence[str]) -> Source:
    """Give *words* as items."""
    pieces = [word.encode("utf-8", "surrogateescape") for word in words]
    return Source(lines=iter(enumerate(pieces, start=1)), size=sum(map(len, pieces)) or None)


def read_lines(source: BinaryIO) -> Iterator[Line]:
    """Yield the lines that ask for a job, with their numbers.

    Blank lines and lines that begin with `#` ask for none. A Windows line end is not part of it.
    """
    for number, raw in enumerate(source, start=1):
        if number == 1 and raw.startswith(_UTF16):
            raise UsageProblem("the input is UTF-16; save it as UTF-8")
        line = raw.removeprefix(_BOM) if number == 1 else raw
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if line.strip() and not line.startswith(b"#"):
            yield number, line


def read_items(source: BinaryIO, ends: bytes) -> Iterator[Line]:
    """Yield the items, each of which *ends* ends, with their numbers; the empty ones are left out.

    Nothing else is taken away from them: a blank or `#` may begin the name of a file.
    """
    left = b""
    number = 0
    while piece := source.read(_PIECE):
        *whole, left = (left + piece).split(ends)
        for item in whole:
            if item:
                number += 1
                yield number, item
    if left:
        yield number + 1, left


@contextmanager
def _opened(place: str) -> Iterator[BinaryIO]:
    if place == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(place, "rb")  # noqa: SIM115 closed below; only the opening is guarded
    except OSError as error:
        raise UsageProblem(
            f"cannot read {place!r}: {error.strerror}; nothing is enqueued"
        ) from error
    with file:
        yield file


def _size(file: BinaryIO) -> int | None:
    try:
        size = os.fstat(file.fileno()).st_size
    except OSError:  # a stream without a descriptor
        return None
    return size or None
